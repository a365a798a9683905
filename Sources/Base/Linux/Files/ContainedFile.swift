import CLinux
import Glibc

/// Reads a file of a tree that can't be trusted: links in it are followed inside the tree only.
package enum ContainedFile {
    /// Opens a file for reading below `root`.
    package static func open(_ path: String, in root: String) throws(SystemProblem) -> OpenFile {
        let directory = try OpenFile.open(root, cl_o_path | O_DIRECTORY)
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        return OpenFile(
            owning: try checkNumber("open", path) { cl_openat2(directory.descriptor, path, flags, 0, 1, 0) })
    }

    /// The content as text, at most 1 MiB; nil when there is no such file.
    package static func text(_ path: String, in root: String) -> String? {
        guard let file = try? open(path, in: root) else { return nil }
        var bytes: [UInt8] = []
        while bytes.count < 1 << 20, let more = try? file.readSome(), !more.isEmpty { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}
