import CLinux
import Glibc

extension FileSystem {
    /// Replaces a file in one step: whoever reads it sees all of the old or all of the new. With `durable` it is on the disk,
    /// under its name, when this returns.
    package static func writeAtomically(
        _ bytes: [UInt8], to path: String, mode: UInt32 = 0o644, durable: Bool = true
    ) throws(SystemProblem) {
        let temporary = path + ".new-\(getpid())-\(UInt32.random(in: .min ... .max))"
        do throws(SystemProblem) {
            let file = try OpenFile.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.writeAll(bytes)
            if durable { try file.sync() }
            file.close()
            try rename(temporary, to: path, durable: durable)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Renames within a file system, replacing what has the new name.
    package static func rename(_ old: String, to new: String, durable: Bool = false) throws(SystemProblem) {
        try check("rename", "\(old) to \(new)") { Glibc.rename(old, new) }
        if durable { try syncDirectory(parent(of: new)) }
    }

    /// Makes the names in a directory durable.
    package static func syncDirectory(_ path: String) throws(SystemProblem) {
        try OpenFile.open(path, O_RDONLY | O_DIRECTORY).sync()
    }

    /// Waits until everything that was written to the file system of `path` is on the disk.
    package static func syncAll(_ path: String) throws(SystemProblem) {
        let file = try OpenFile.open(path, O_RDONLY)
        try checkNumber("syncfs", path) { cl_syncfs(file.descriptor) }
    }

    /// Writes to an existing file with one call, as control files want it.
    package static func poke(_ path: String, _ text: String) throws(SystemProblem) {
        try checkNumber("write", path) { cl_write_file(path, text) }
    }

    /// The directory that holds `path`.
    package static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Copies a file's content, mode and extended attributes to a new file; shares the blocks where the file system can.
    package static func copyFile(_ source: String, to target: String) throws(SystemProblem) {
        let from = try OpenFile.open(source, O_RDONLY)
        var facts = stat()
        try check("fstat", source) { fstat(from.descriptor, &facts) }
        let to = try OpenFile.open(target, O_WRONLY | O_CREAT | O_EXCL, mode: facts.st_mode & 0o7777)
        try checkNumber("copy", target) { cl_copy_contents(to.descriptor, from.descriptor) }
        try check("fchmod", target) { fchmod(to.descriptor, facts.st_mode & 0o7777) }
        for (name, value) in try attributes(of: source) where !name.hasPrefix("security.") {
            try setAttribute(name, to: value, of: target)
        }
    }

    /// Gives a file another name.
    package static func hardLink(_ existing: String, to new: String) throws(SystemProblem) {
        try check("link", new) { link(existing, new) }
    }
}
