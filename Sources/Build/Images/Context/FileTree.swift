import Glibc
import Problems

/// Files to copy from: the build context, or the root of another stage. Links are followed inside of it only.
struct FileTree: Sendable {
    let root: String
    var rules = IgnoreRules.none

    struct Entry: Sendable, Equatable {
        enum Kind: Sendable, Equatable {
            case file
            case directory
            case link(String)
            /// Devices, pipes and sockets.
            case other
        }

        /// Relative to the tree's root.
        let path: String
        let kind: Kind
        let mode: UInt32
        let size: Int64
        /// Seconds since 1970.
        let modified: Int64
        let owner: UInt32
        let group: UInt32
    }

    /// Where a path leads when links are followed, relative to the root; the last component too.
    func resolve(_ path: String) -> String? {
        var pending = Array(PathCleaning.components(path).reversed())
        var done: [String] = []
        var links = 0
        while let part = pending.popLast() {
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let here = (done + [part]).joined(separator: "/")
            guard case .link(let target)? = entry(here)?.kind else {
                done.append(part)
                continue
            }
            links += 1
            if links > 40 { return nil }
            if target.hasPrefix("/") { done = [] }
            pending += target.split(separator: "/").map(String.init).filter { $0 != "." }.reversed()
        }
        return done.joined(separator: "/")
    }

    /// The facts of one path, without following it.
    func entry(_ path: String) -> Entry? {
        var facts = stat()
        guard lstat(path.isEmpty ? root : "\(root)/\(path)", &facts) == 0 else { return nil }
        let kind: Entry.Kind
        switch facts.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link(target(path) ?? "")
        default: kind = .other
        }
        return Entry(
            path: path, kind: kind, mode: facts.st_mode & 0o7777, size: Int64(facts.st_size),
            modified: Int64(facts.st_mtim.tv_sec), owner: facts.st_uid, group: facts.st_gid)
    }

    private func target(_ path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return -1 }
            return readlink("\(root)/\(path)", base.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// The names in a directory, sorted by bytes.
    func names(in path: String) -> [String] {
        guard let stream = opendir(path.isEmpty ? root : "\(root)/\(path)") else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// A path and everything below it that is not ignored, each directory before what it holds.
    func walk(_ path: String) -> [Entry] {
        guard let entry = entry(path) else { return [] }
        let isIgnored = !path.isEmpty && rules.line(ignoring: path) != nil
        guard entry.kind == .directory else { return isIgnored ? [] : [entry] }
        if isIgnored && !rules.readmits { return [] }
        let inside = names(in: path).flatMap { walk(path.isEmpty ? $0 : "\(path)/\($0)") }
        // An ignored directory is there only for what is let in again below it.
        return isIgnored && inside.isEmpty ? [] : [entry] + inside
    }

    /// Something that a source of COPY names: its own name, and where it is when links are followed.
    struct Found: Sendable, Equatable {
        let name: String
        let path: String
    }

    /// What a source of COPY names: one path, or all that a pattern matches. Sorted; empty if there is nothing.
    func find(_ source: String) -> [Found] {
        let parts = PathCleaning.components(source)
        let firstPattern = parts.firstIndex(where: PathPattern.isPattern) ?? parts.count
        var names = [parts[..<firstPattern].joined(separator: "/")]
        for part in parts[firstPattern...] {
            guard let pattern = PathPattern(part, crossing: false) else { return [] }
            names = names.flatMap { above in
                self.names(in: resolve(above) ?? above).filter(pattern.matches).map {
                    above.isEmpty ? $0 : "\(above)/\($0)"
                }
            }
        }
        return names.compactMap { name in
            guard let path = resolve(name), entry(path) != nil, path.isEmpty || !walk(path).isEmpty else { return nil }
            return Found(name: name.split(separator: "/").last.map(String.init) ?? "", path: path)
        }
    }

    /// Why a source wasn't found, and what to do.
    func absence(of source: String) -> (why: String, remedy: String) {
        let path = PathCleaning.relative(source)
        if entry(path) != nil, let line = rules.line(ignoring: path) {
            return (
                "line \(line) of .dockerignore keeps it out",
                "Add \"!\(path)\" at the end of .dockerignore, or remove that line."
            )
        }
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        let name = path.split(separator: "/").last.map(String.init) ?? path
        if let near = Suggestion.nearest(to: name, in: names(in: parent)) {
            return ("there is no such file", "Did you mean \"\(parent.isEmpty ? near : parent + "/" + near)\"?")
        }
        return (
            "there is no such file",
            "Paths are relative to the context directory; check the name and what .dockerignore leaves out."
        )
    }
}
