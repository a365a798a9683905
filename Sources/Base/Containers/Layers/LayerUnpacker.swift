import Glibc
import Linux
import OCI

/// Unpacks one layer's archive into a directory, turning the marks of the OCI image format (image-spec § layer, whiteouts) into
/// those of overlayfs. Every path is resolved by the kernel inside the directory: nothing in an archive can lead out of it.
struct LayerUnpacker {
    private let tree: ContainedTree
    private let algorithm: Digest.Algorithm
    private static let mark = ".wh."
    private static let opaque = ".wh..wh..opq"

    init(root: String, algorithm: Digest.Algorithm = .sha256) throws {
        tree = try ContainedTree(root: root)
        self.algorithm = algorithm
    }

    /// Returns the digest of the uncompressed archive.
    func unpack(_ source: any ByteSource) throws -> Digest {
        let hashing = HashingSource(try ExpandingSource(source), algorithm)
        let reader = TarReader(hashing)
        var directories: [TarEntry] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        while let entry = try reader.next() {
            do {
                let isMade = try unpack(entry, reader, buffer)
                if isMade, entry.kind == .directory { directories.append(entry) }
            } catch let problem as SystemProblem {
                throw ContainerProblem.layerEntry(path: entry.path, why: problem.summary)
            }
        }
        // Last, since making something inside a directory changes its time.
        for entry in directories.reversed() { try tree.setTime(entry) }
        return try hashing.finish()
    }

    /// False for a mark, which isn't there afterwards under its own name.
    private func unpack(
        _ entry: TarEntry, _ reader: TarReader, _ buffer: UnsafeMutableRawBufferPointer
    ) throws -> Bool {
        if entry.path == "." || entry.path.isEmpty {
            if entry.kind == .directory { try tree.setFacts(of: entry) }
            return true
        }
        let (parent, name) = ContainedTree.split(entry.path)
        if name == ".." || name == "." || name.isEmpty {
            throw ContainerProblem.layerEntry(path: entry.path, why: "its name leads somewhere else")
        }
        if name == LayerUnpacker.opaque {
            try tree.makeOpaque(parent)
            return false
        }
        if name.hasPrefix(LayerUnpacker.mark) {
            let hidden = String(name.dropFirst(LayerUnpacker.mark.utf8.count))
            // Two marks in a row are notes of an older storage driver.
            if hidden.hasPrefix(LayerUnpacker.mark) { return false }
            if hidden.isEmpty || hidden == "." || hidden == ".." {
                throw ContainerProblem.layerEntry(path: entry.path, why: "it hides nothing")
            }
            try tree.hide(hidden, in: parent)
            return false
        }
        let directory = try tree.open(parent)
        switch entry.kind {
        case .directory: try tree.makeDirectory(name, in: directory)
        case .file:
            let file = try tree.makeFile(name, in: directory)
            while true {
                let count = try reader.read(into: buffer)
                if count == 0 { break }
                try file.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        case .symbolicLink(let target): try tree.makeLink(name, to: target, in: directory)
        case .hardLink(let target):
            try tree.makeName(name, in: directory, for: target)
            return true
        case .characterDevice(let major, let minor):
            try tree.makeNode(name, in: directory, mode: S_IFCHR | entry.mode, major, minor)
        case .blockDevice(let major, let minor):
            try tree.makeNode(name, in: directory, mode: S_IFBLK | entry.mode, major, minor)
        case .fifo: try tree.makeNode(name, in: directory, mode: S_IFIFO | entry.mode, 0, 0)
        }
        try tree.setFacts(of: entry, name: name, in: directory)
        return true
    }
}

/// Computes the digest of what is read through it.
final class HashingSource: ByteSource {
    private let source: any ByteSource
    private var hasher: DigestHasher

    init(_ source: any ByteSource, _ algorithm: Digest.Algorithm) {
        self.source = source
        hasher = DigestHasher(algorithm)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Reads what is left (padding after an archive's end belongs to the digest) and returns the digest.
    func finish() throws -> Digest {
        try forEachChunk { _ in }
        return hasher.finish()
    }
}
