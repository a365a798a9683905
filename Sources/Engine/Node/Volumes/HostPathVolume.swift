import Glibc
package import Kube
import Linux

/// A place of the host that a pod may see. Data there outlives the pod.
package enum HostPathVolume {
    /// Makes or checks the path as its type demands (core/v1 HostPathType) and returns it.
    package static func prepare(_ source: Volume.HostPath, volume: String) throws -> String {
        let path = source.path
        guard path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
            throw NodeProblem.volume(name: volume, why: "hostPath \"\(path)\" is not an absolute path without \"..\"")
        }
        var facts = stat()
        let isThere = stat(path, &facts) == 0
        let kind = facts.st_mode & S_IFMT
        func demand(_ holds: Bool, _ what: String) throws {
            if !isThere { throw NodeProblem.volume(name: volume, why: "hostPath \(path) doesn't exist") }
            if !holds { throw NodeProblem.volume(name: volume, why: "hostPath \(path) is not \(what)") }
        }
        switch source.type ?? "" {
        case "": if !isThere { try FileSystem.makeDirectory(path) }
        case "DirectoryOrCreate":
            if !isThere { try FileSystem.makeDirectory(path) } else { try demand(kind == S_IFDIR, "a directory") }
        case "FileOrCreate":
            if !isThere {
                _ = try OpenFile.open(path, O_WRONLY | O_CREAT, mode: 0o644)
            } else {
                try demand(kind == S_IFREG, "a file")
            }
        case "Directory": try demand(kind == S_IFDIR, "a directory")
        case "File": try demand(kind == S_IFREG, "a file")
        case "Socket": try demand(kind == S_IFSOCK, "a socket")
        case "CharDevice": try demand(kind == S_IFCHR, "a character device")
        case "BlockDevice": try demand(kind == S_IFBLK, "a block device")
        case let other: throw NodeProblem.volume(name: volume, why: "hostPath type \"\(other)\" is unknown")
        }
        return path
    }
}
