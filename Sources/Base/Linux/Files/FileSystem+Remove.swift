import CLinux
import Glibc

extension FileSystem {
    /// Removes a file or a whole tree. What is mounted inside is unmounted first and not touched itself.
    package static func removeTree(_ path: String) throws(SystemProblem) {
        switch cl_remove_tree(path) {
        case 0: return
        case -EBUSY:
            try Mounts.unmountAll(below: path)
            try checkNumber("remove", path) { cl_remove_tree(path) }
        case let number: throw SystemProblem("remove", path, number: -number)
        }
    }

    /// Removes one file. That nothing is there is no problem.
    package static func removeFile(_ path: String) throws(SystemProblem) {
        if unlink(path) != 0, errno != ENOENT { throw SystemProblem("unlink", path, number: errno) }
    }
}
