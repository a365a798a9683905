import CLinux
import Glibc

extension FileSystem {
    /// The extended attributes of a file itself, not of what it links to. Empty where the file system has none.
    package static func attributes(of path: String) throws(SystemProblem) -> [String: [UInt8]] {
        var found: [String: [UInt8]] = [:]
        let size = llistxattr(path, nil, 0)
        if size < 0 {
            if errno == EOPNOTSUPP { return [:] }
            throw SystemProblem("llistxattr", path, number: errno)
        }
        if size == 0 { return [:] }
        var names = [CChar](repeating: 0, count: size + 4096)
        let count = try check("llistxattr", path) { llistxattr(path, &names, names.count) }
        for name in names.prefix(count).split(separator: 0) {
            let name = String(decoding: name.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if let value = try attribute(name, of: path) { found[name] = value }
        }
        return found
    }

    /// One extended attribute of a file itself; nil when it has none of this name.
    package static func attribute(_ name: String, of path: String) throws(SystemProblem) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 256)
        while true {
            let count = lgetxattr(path, name, &value, value.count)
            if count >= 0 { return Array(value.prefix(count)) }
            switch errno {
            case ENODATA, EOPNOTSUPP: return nil
            case ERANGE: value = [UInt8](repeating: 0, count: value.count * 4)
            case let number: throw SystemProblem("lgetxattr", path, number: number)
            }
        }
    }

    /// Sets an extended attribute of a file itself.
    package static func setAttribute(_ name: String, to value: [UInt8], of path: String) throws(SystemProblem) {
        try check("lsetxattr", "\(path) \(name)") { lsetxattr(path, name, value, value.count, 0) }
    }

    /// Makes the mark that hides a name of the layers below: a character device 0:0 (kernel documentation, overlayfs § whiteouts).
    package static func makeWhiteout(_ path: String) throws(SystemProblem) {
        try checkNumber("mknod", path) { cl_mknod(path, S_IFCHR, 0, 0) }
    }

    /// Whether a path is the mark that hides a name.
    package static func isWhiteout(_ path: String) -> Bool {
        var facts = stat()
        return lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFCHR && facts.st_rdev == 0
    }

    /// Marks a directory as hiding everything that the layers below have in it.
    package static func makeOpaque(_ path: String) throws(SystemProblem) {
        try setAttribute("trusted.overlay.opaque", to: [UInt8(ascii: "y")], of: path)
    }

    /// Whether a directory hides everything that the layers below have in it.
    package static func isOpaque(_ path: String) throws(SystemProblem) -> Bool {
        try attribute("trusted.overlay.opaque", of: path) == [UInt8(ascii: "y")]
    }
}
