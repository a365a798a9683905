import Glibc
import Linux

/// Writes the files of a volume so that readers see all of the old files or all of the new ones: they lie in a directory of
/// their own, the link `..data` leads to it, and each name at the top is a link through `..data`. A change makes a new
/// directory and renames a new link over the old one.
package struct VolumeWriter: Sendable {
    package let directory: String
    /// The group that owns the files (`fsGroup`); its members may read what the owner may.
    package let group: UInt32?

    package init(directory: String, group: UInt32? = nil) {
        self.directory = directory
        self.group = group
    }

    /// - Returns: false where the files were as they should be already.
    @discardableResult
    package func write(_ files: [VolumeFile]) throws -> Bool {
        let current = target(of: directory + "/..data")
        if let current, matches(files, directory + "/" + current) { return false }
        let name = "..\(UInt64.random(in: .min ... .max))"
        let fresh = directory + "/" + name
        try FileSystem.makeDirectory(fresh, mode: 0o755)
        for file in files {
            let path = fresh + "/" + file.path
            try FileSystem.makeDirectory(FileSystem.parent(of: path))
            let mode = group == nil ? file.mode : file.mode | (file.mode & 0o400) >> 3
            let open = try OpenFile.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try open.writeAll(file.bytes)
            guard fchmod(open.descriptor, mode) == 0 else { throw SystemProblem("fchmod", path, number: errno) }
            if let group, fchown(open.descriptor, UInt32.max, group) != 0 {
                throw SystemProblem("fchown", path, number: errno)
            }
        }
        try replaceLink(directory + "/..data", to: name)
        try arrangeNames(files)
        if let current { try FileSystem.removeTree(directory + "/" + current) }
        return true
    }

    private func arrangeNames(_ files: [VolumeFile]) throws {
        let wanted = Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) })
        for name in try FileSystem.list(directory) where !name.hasPrefix("..") && !wanted.contains(name) {
            try FileSystem.removeFile(directory + "/" + name)
        }
        for name in wanted where target(of: directory + "/" + name) == nil {
            try replaceLink(directory + "/" + name, to: "..data/" + name)
        }
    }

    private func replaceLink(_ path: String, to target: String) throws {
        let temporary = path + "_tmp"
        unlink(temporary)
        guard symlink(target, temporary) == 0 else { throw SystemProblem("symlink", path, number: errno) }
        try FileSystem.rename(temporary, to: path)
    }

    private func target(of link: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 1024)
        let count = readlink(link, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    private func matches(_ files: [VolumeFile], _ directory: String) -> Bool {
        let tops = Set(files.compactMap { $0.path.split(separator: "/").first.map(String.init) })
        guard let names = try? FileSystem.list(directory), Set(names) == tops else { return false }
        return files.allSatisfy { (try? FileSystem.read(directory + "/" + $0.path)) == $0.bytes }
    }
}
