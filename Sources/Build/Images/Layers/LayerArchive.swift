import Glibc
import Linux
import OCI
import Store

/// Turns a directory into a layer: one pass over the files, through a tar archive and its two hashes, into the blob store.
///
/// What overlayfs marks as removed becomes a whiteout (OCI image-spec v1.1, layer.md § Whiteouts). Members are sorted, times are
/// at most `latest`, sockets are left out: the same files give the same digest.
struct LayerArchive {
    let directory: String
    /// Seconds since 1970; files that are younger get this time, in the archive and in the directory.
    let latest: Int64
    var compression = Compression.zstd
    /// Whether files that are too young get the archive's time themselves.
    var changesFiles = true

    private static let overlayPrefix = "trusted.overlay."

    struct Result: Sendable {
        let layer: StageState.Layer
        /// Bytes of the archive without compression.
        let size: Int64
    }

    /// - Returns: nil if the directory is empty.
    func write(to blobs: BlobStore) throws -> Result? {
        let tree = FileTree(root: directory)
        if tree.names(in: "").isEmpty { return nil }
        let writer = try blobs.writer()
        let compressed = HashingSink(passingTo: writer)
        let compressing = compression.compressing(into: compressed)
        let plain = HashingSink(passingTo: compressing)
        let tar = TarWriter(plain)
        var names: [FileIdentity: String] = [:]
        try append(tree, "", to: tar, &names)
        try tar.finish()
        try compressing.finish()
        let digest = try writer.commit()
        let descriptor = Descriptor(mediaType: compression.layerType, digest: digest, size: compressed.count)
        return Result(layer: .init(descriptor: descriptor, diffID: plain.digest), size: plain.count)
    }

    private struct FileIdentity: Hashable {
        let device: UInt
        let number: UInt
    }

    private func append(
        _ tree: FileTree, _ path: String, to tar: TarWriter, _ names: inout [FileIdentity: String]
    ) throws {
        for name in tree.names(in: path) {
            let inside = path.isEmpty ? name : "\(path)/\(name)"
            try append(tree, inside, parent: path, name: name, to: tar, &names)
        }
    }

    private func append(
        _ tree: FileTree, _ path: String, parent: String, name: String, to tar: TarWriter,
        _ names: inout [FileIdentity: String]
    ) throws {
        let full = "\(directory)/\(path)"
        var facts = stat()
        guard lstat(full, &facts) == 0 else { throw SystemProblem("lstat", full, number: errno) }
        let format = facts.st_mode & S_IFMT
        if format == S_IFCHR && facts.st_rdev == 0 {
            let mark = parent.isEmpty ? ".wh.\(name)" : "\(parent)/.wh.\(name)"
            return try tar.append(TarEntry(path: mark, kind: .file, mode: 0o644, modified: latest))
        }
        var entry = TarEntry(
            path: path, kind: .file, mode: UInt32(facts.st_mode) & 0o7777, owner: facts.st_uid, group: facts.st_gid)
        (entry.modified, entry.modifiedNanoseconds) = try clamp(full, facts)
        let attributes = try FileSystem.attributes(of: full)
        entry.extendedAttributes = attributes.filter { !$0.key.hasPrefix(Self.overlayPrefix) }
        if format != S_IFDIR && facts.st_nlink > 1 {
            let identity = FileIdentity(device: UInt(facts.st_dev), number: UInt(facts.st_ino))
            if let first = names[identity] {
                entry.kind = .hardLink(target: first)
                entry.extendedAttributes = [:]
                return try tar.append(entry)
            }
            names[identity] = path
        }
        switch format {
        case S_IFREG:
            entry.size = Int64(facts.st_size)
            try tar.append(entry, from: FileSource(path: full))
        case S_IFDIR:
            entry.kind = .directory
            try tar.append(entry)
            if attributes[Self.overlayPrefix + "opaque"] == [UInt8(ascii: "y")] {
                try tar.append(TarEntry(path: path + "/.wh..wh..opq", kind: .file, mode: 0o644, modified: latest))
            }
            try append(tree, path, to: tar, &names)
        case S_IFLNK:
            guard case .link(let target)? = tree.entry(path)?.kind else {
                throw SystemProblem("readlink", full, number: EIO)
            }
            entry.kind = .symbolicLink(target: target)
            try tar.append(entry)
        case S_IFCHR, S_IFBLK:
            let (major, minor) = (Device.major(facts.st_rdev), Device.minor(facts.st_rdev))
            entry.kind =
                format == S_IFCHR
                ? .characterDevice(major: major, minor: minor) : .blockDevice(major: major, minor: minor)
            try tar.append(entry)
        case S_IFIFO:
            entry.kind = .fifo
            try tar.append(entry)
        default: break
        }
    }

    /// The time for the archive. The file itself gets it too, so that a layer is the same where it was made and where it is unpacked.
    private func clamp(_ path: String, _ facts: stat) throws -> (Int64, Int32) {
        let seconds = Int64(facts.st_mtim.tv_sec)
        if seconds < latest || (seconds == latest && facts.st_mtim.tv_nsec == 0) {
            return (seconds, Int32(facts.st_mtim.tv_nsec))
        }
        if !changesFiles { return (latest, 0) }
        let time = timespec(tv_sec: Int(latest), tv_nsec: 0)
        let times = [time, time]
        if utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0 {
            throw SystemProblem("utimensat", path, number: errno)
        }
        return (latest, 0)
    }
}

/// Linux's encoding of device numbers.
enum Device {
    static func major(_ device: UInt) -> UInt32 {
        UInt32(truncatingIfNeeded: (device >> 8) & 0xFFF | (device >> 32) & ~UInt(0xFFF))
    }

    static func minor(_ device: UInt) -> UInt32 {
        UInt32(truncatingIfNeeded: device & 0xFF | (device >> 12) & ~UInt(0xFF))
    }
}
