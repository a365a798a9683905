import CLinux
import Glibc

/// What the standard library leaves out about files: durable replacement, removal of whole trees, extended attributes.
///
/// All functions block; names that are not UTF-8 survive removal and copying.
package enum FileSystem {
    /// The kind of a file, without following a link.
    package enum Kind: Sendable {
        case file, directory, symbolicLink, other
    }

    /// What is at a path, itself and not what it links to; nil when nothing is.
    package static func kind(_ path: String) -> Kind? {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        return switch facts.st_mode & S_IFMT {
        case S_IFREG: .file
        case S_IFDIR: .directory
        case S_IFLNK: .symbolicLink
        default: .other
        }
    }

    /// Whether something is at the path, following links.
    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Makes a directory and those above it. One that is there already is no problem.
    package static func makeDirectory(_ path: String, mode: UInt32 = 0o755) throws(SystemProblem) {
        if mkdir(path, mode) == 0 { return }
        switch errno {
        case EEXIST:
            var facts = stat()
            if stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR { return }
            throw SystemProblem("mkdir", path, number: EEXIST)
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
                throw SystemProblem("mkdir", path, number: ENOENT)
            }
            try makeDirectory(String(path[..<slash]), mode: mode)
            if mkdir(path, mode) != 0, errno != EEXIST { throw SystemProblem("mkdir", path, number: errno) }
        case let number: throw SystemProblem("mkdir", path, number: number)
        }
    }

    /// Makes a new directory with an unused name that begins with `prefix`.
    package static func makeTemporaryDirectory(prefix: String) throws(SystemProblem) -> String {
        var template = Array((prefix + "XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemProblem("mkdtemp", prefix, number: errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The whole content of a file, at most `limit` bytes (a longer one is `EFBIG`).
    package static func read(_ path: String, limit: Int = 64 << 20) throws(SystemProblem) -> [UInt8] {
        let file = try OpenFile.open(path, O_RDONLY)
        var bytes: [UInt8] = []
        while let more = try file.readSome(), !more.isEmpty {
            bytes += more
            if bytes.count > limit { throw SystemProblem("read", path, number: EFBIG) }
        }
        return bytes
    }

    /// The whole content of a small file as text without the newline at its end.
    package static func readLine(_ path: String) throws(SystemProblem) -> String {
        var bytes = try read(path, limit: 1 << 20)
        while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The names in a directory, sorted.
    package static func list(_ path: String) throws(SystemProblem) -> [String] {
        try entries(path).map(\.name)
    }

    /// The names in a directory, sorted, and which of them are directories.
    package static func entries(_ path: String) throws(SystemProblem) -> [(name: String, isDirectory: Bool)] {
        var found: [(name: String, isDirectory: Bool)] = []
        let result = withUnsafeMutablePointer(to: &found) { found in
            cl_list(
                path,
                { context, name, isDirectory in
                    guard let context, let name else { return 0 }
                    context.assumingMemoryBound(to: [(name: String, isDirectory: Bool)].self).pointee
                        .append((String(cString: name), isDirectory != 0))
                    return 0
                }, found)
        }
        if result < 0 { throw SystemProblem("opendir", path, number: -result) }
        return found.sorted { $0.name < $1.name }
    }

    /// The free space, in bytes, that an ordinary user may still use on the file system of `path`.
    package static func space(at path: String) throws(SystemProblem) -> (free: Int64, total: Int64) {
        var facts = statvfs()
        try check("statvfs", path) { statvfs(path, &facts) }
        return (Int64(facts.f_bavail) * Int64(facts.f_frsize), Int64(facts.f_blocks) * Int64(facts.f_frsize))
    }
}
