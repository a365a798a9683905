import Containers
import Glibc
import Linux
import OCI

/// Does a COPY or ADD inside a mounted root file system. Blocking.
struct FileCopier {
    let work: StageState.CopyWork
    let source: FileTree
    let root: String
    /// The time that files get which have none of their own: those of the context.
    let time: Int64
    /// Whether the files keep their owners and times: those of another stage do.
    let keepsFacts: Bool

    struct Refusal: Error {
        let why: String
        let remedy: String
    }

    private struct Owner {
        var uid: UInt32
        var gid: UInt32
    }

    func copy() throws {
        let tree = try ContainedTree(root: root)
        let owner = try work.owner.map(owner)
        let found = work.sources.flatMap(source.find)
        let isDirectory =
            work.destination.hasSuffix("/") || work.destination == "/" || found.count + work.inline.count > 1
        let destination = PathCleaning.relative(work.destination)
        let existing = destinationKind(destination)
        for item in found {
            let entries = source.walk(item.path)
            guard let first = entries.first else { continue }
            if first.kind == .directory {
                if existing == .file {
                    throw Refusal(
                        why: "\(work.destination) is a file, but \(item.name) is a directory",
                        remedy: "Choose another destination.")
                }
                try copyDirectory(entries, below: item.path, to: destination, tree, owner)
            } else {
                let target = isDirectory || existing == .directory ? join(destination, item.name) : destination
                if work.unpacks, first.kind == .file, try isArchive(item) {
                    try unpack(item.path, to: destination, tree, owner)
                } else {
                    try copy(first, to: target, tree, owner)
                }
            }
        }
        for file in work.inline {
            let target = isDirectory || existing == .directory ? join(destination, file.name) : destination
            let (parent, name) = ContainedTree.split(target)
            let directory = try tree.open(parent)
            let open = try tree.makeFile(name, in: directory)
            try open.writeAll(Array(file.text.utf8))
            try tree.set(facts(mode: 0o644, nil, owner), of: name, in: directory)
        }
    }

    private enum Existing { case none, file, directory }

    private func destinationKind(_ path: String) -> Existing {
        let inside = FileTree(root: root)
        guard let real = inside.resolve(path), let entry = inside.entry(real) else { return .none }
        return entry.kind == .directory ? .directory : .file
    }

    private func owner(_ text: String) throws -> Owner {
        let found = try UserLookup(root: root).find(text)
        // A number alone stands for the group too.
        if let number = UInt32(text) { return Owner(uid: number, gid: number) }
        return Owner(uid: found.uid, gid: found.gid)
    }

    private func join(_ directory: String, _ name: String) -> String {
        directory.isEmpty ? name : "\(directory)/\(name)"
    }

    private func facts(mode: UInt32, _ entry: FileTree.Entry?, _ owner: Owner?) -> ContainedTree.Facts {
        let isDirectory = entry?.kind == .directory
        let kept = keepsFacts ? entry : nil
        return ContainedTree.Facts(
            mode: isDirectory ? mode : work.mode ?? mode, owner: owner?.uid ?? kept?.owner ?? 0,
            group: owner?.gid ?? kept?.group ?? 0, modified: (min(kept?.modified ?? time, time), 0))
    }

    private func copyDirectory(
        _ entries: [FileTree.Entry], below source: String, to destination: String, _ tree: ContainedTree,
        _ owner: Owner?
    ) throws {
        _ = try tree.open(destination)
        for entry in entries.dropFirst() {
            let inside = source.isEmpty ? entry.path : String(entry.path.dropFirst(source.count + 1))
            try copy(entry, to: join(destination, inside), tree, owner)
        }
    }

    private func copy(_ entry: FileTree.Entry, to path: String, _ tree: ContainedTree, _ owner: Owner?) throws {
        let (parent, name) = ContainedTree.split(path)
        if name.isEmpty {
            throw Refusal(
                why: "\(entry.path) has no name at its destination", remedy: "Write the name after the last slash.")
        }
        let directory = try tree.open(parent)
        switch entry.kind {
        case .directory:
            let existed = FileTree(root: root).entry(path)?.kind == .directory
            try tree.makeDirectory(name, in: directory)
            if existed { return }
        case .link(let target): try tree.makeLink(name, to: target, in: directory)
        case .file:
            let file = try tree.makeFile(name, in: directory)
            try FileSource(path: "\(source.root)/\(entry.path)").forEachChunk { try file.write($0) }
        case .other:
            throw Refusal(
                why: "\(entry.path) is neither a file, a directory nor a link", remedy: "Leave it out in .dockerignore."
            )
        }
        var facts = facts(mode: entry.mode, entry, owner)
        if keepsFacts {
            facts.attributes = try FileSystem.attributes(of: "\(source.root)/\(entry.path)").filter {
                !$0.key.hasPrefix("trusted.overlay.")
            }
        }
        try tree.set(facts, of: name, in: directory)
    }

    private func isArchive(_ item: FileTree.Found) throws -> Bool {
        let path = "\(source.root)/\(item.path)"
        let start = try FileSource.bytes(of: path, at: 0, count: 512)
        if start.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A]) || start.starts(with: Array("BZh".utf8)) {
            throw Refusal(
                why: "ADD can't unpack \(item.name): it is compressed by xz or bzip2",
                remedy: "Compress it with gzip or zstd, or copy it with COPY and unpack it in a RUN step.")
        }
        let head = try ExpandingSource(FileSource(path: path))
        var block = [UInt8](repeating: 0, count: 512)
        var filled = 0
        while filled < block.count {
            let got = try block.withUnsafeMutableBytes {
                try head.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { return false }
            filled += got
        }
        return block[257..<262].elementsEqual("ustar".utf8)
    }

    private func unpack(_ path: String, to destination: String, _ tree: ContainedTree, _ owner: Owner?) throws {
        let reader = TarReader(try ExpandingSource(FileSource(path: "\(source.root)/\(path)")))
        while let entry = try reader.next() {
            let clean = PathCleaning.relative(entry.path)
            if clean.isEmpty { continue }
            let (parent, name) = ContainedTree.split(join(destination, clean))
            let directory = try tree.open(parent)
            switch entry.kind {
            case .directory: try tree.makeDirectory(name, in: directory)
            case .file:
                let file = try tree.makeFile(name, in: directory)
                try reader.forEachChunk { try file.write($0) }
            case .symbolicLink(let target): try tree.makeLink(name, to: target, in: directory)
            case .hardLink(let target):
                try tree.makeName(name, in: directory, for: join(destination, PathCleaning.relative(target)))
                continue
            case .characterDevice(let major, let minor):
                try tree.makeNode(name, in: directory, mode: S_IFCHR | entry.mode, major, minor)
            case .blockDevice(let major, let minor):
                try tree.makeNode(name, in: directory, mode: S_IFBLK | entry.mode, major, minor)
            case .fifo: try tree.makeNode(name, in: directory, mode: S_IFIFO | entry.mode, 0, 0)
            }
            let facts = ContainedTree.Facts(
                mode: entry.mode, owner: owner?.uid ?? entry.owner, group: owner?.gid ?? entry.group,
                modified: (min(entry.modified, time), 0), attributes: entry.extendedAttributes)
            try tree.set(facts, of: name, in: directory)
        }
    }
}
