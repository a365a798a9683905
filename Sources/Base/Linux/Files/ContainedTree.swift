import CLinux
import Glibc

/// Makes files below a directory from names that can't be trusted. The kernel resolves every path inside that directory as if it
/// were the root (openat2(2), RESOLVE_IN_ROOT): neither `..` nor a link leads out of it.
///
/// For one thread. Something that stands in the way of a new file is replaced; a directory is kept.
package final class ContainedTree {
    /// What a file has besides its content.
    package struct Facts: Sendable, Equatable {
        package var mode: UInt32
        package var owner: UInt32
        package var group: UInt32
        /// Seconds since 1970, and nanoseconds.
        package var modified: (seconds: Int64, nanoseconds: Int32)
        package var attributes: [String: [UInt8]]

        package init(
            mode: UInt32, owner: UInt32, group: UInt32, modified: (seconds: Int64, nanoseconds: Int32),
            attributes: [String: [UInt8]] = [:]
        ) {
            self.mode = mode
            self.owner = owner
            self.group = group
            self.modified = modified
            self.attributes = attributes
        }

        package static func == (left: Facts, right: Facts) -> Bool {
            left.mode == right.mode && left.owner == right.owner && left.group == right.group
                && left.modified == right.modified && left.attributes == right.attributes
        }
    }

    private let root: OpenFile
    private var last: (path: String, directory: OpenFile)?

    package init(root: String) throws(SystemProblem) {
        self.root = try OpenFile.open(root, O_RDONLY | O_DIRECTORY)
    }

    /// The directory part (empty for the root itself) and the last name of a path.
    package static func split(_ path: String) -> (parent: String, name: String) {
        let trimmed = path.drop { $0 == "/" }
        guard let slash = trimmed.lastIndex(of: "/") else { return ("", String(trimmed)) }
        return (String(trimmed[..<slash]), String(trimmed[trimmed.index(after: slash)...]))
    }

    /// Opens a directory inside the tree, making it and those above it if they are missing.
    package func open(_ path: String) throws(SystemProblem) -> OpenFile {
        if path.isEmpty || path == "." { return root }
        if let last, last.path == path { return last.directory }
        let directory = try openOrMake(path)
        last = (path, directory)
        return directory
    }

    private func openOrMake(_ path: String) throws(SystemProblem) -> OpenFile {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        let descriptor = cl_openat2(root.descriptor, path, flags, 0, 1, 0)
        if descriptor >= 0 { return OpenFile(owning: descriptor) }
        if descriptor == -ENOTDIR || descriptor == -ENOENT {
            let (above, name) = ContainedTree.split(path)
            if name == ".." || name == "." || name.isEmpty { throw SystemProblem("open", path, number: EINVAL) }
            let parent = above.isEmpty ? root : try openOrMake(above)
            try makeDirectory(name, in: parent)
            return OpenFile(owning: try checkNumber("open", path) { cl_openat2(root.descriptor, path, flags, 0, 1, 0) })
        }
        throw SystemProblem("open", path, number: -descriptor)
    }

    /// Makes a directory; one that is there stays. A mark that hid the name becomes "hides everything below".
    package func makeDirectory(_ name: String, in parent: OpenFile) throws(SystemProblem) {
        if mkdirat(parent.descriptor, name, 0o755) == 0 { return }
        if errno != EEXIST { throw SystemProblem("mkdir", name, number: errno) }
        let facts = facts(name, in: parent)
        if let facts, facts.st_mode & S_IFMT == S_IFDIR { return }
        let wasHidden = facts.map { $0.st_mode & S_IFMT == S_IFCHR && $0.st_rdev == 0 } ?? false
        try remove(name, in: parent)
        try check("mkdir", name) { mkdirat(parent.descriptor, name, 0o755) }
        if wasHidden {
            try setAttributes(["trusted.overlay.opaque": [UInt8(ascii: "y")]], of: name, in: parent)
        }
    }

    /// Makes a new file, open for writing.
    package func makeFile(_ name: String, in parent: OpenFile) throws(SystemProblem) -> OpenFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        var descriptor = cl_openat(parent.descriptor, name, flags, 0o600)
        if descriptor == -EEXIST {
            try remove(name, in: parent)
            descriptor = cl_openat(parent.descriptor, name, flags, 0o600)
        }
        if descriptor < 0 { throw SystemProblem("open", name, number: -descriptor) }
        return OpenFile(owning: descriptor)
    }

    /// Makes a symbolic link. Its target may be anything: it is not followed outside.
    package func makeLink(_ name: String, to target: String, in parent: OpenFile) throws(SystemProblem) {
        try replacing("symlink", name, parent) { symlinkat(target, parent.descriptor, name) }
    }

    /// Gives a file of the tree another name.
    package func makeName(_ name: String, in parent: OpenFile, for existing: String) throws(SystemProblem) {
        let (above, old) = ContainedTree.split(existing)
        if old == ".." || old == "." || old.isEmpty { throw SystemProblem("link", existing, number: EINVAL) }
        let flags = cl_o_path | O_DIRECTORY | O_CLOEXEC
        let directory =
            above.isEmpty
            ? root
            : OpenFile(owning: try checkNumber("open", above) { cl_openat2(root.descriptor, above, flags, 0, 1, 0) })
        if let left = facts(old, in: directory), let right = facts(name, in: parent),
            left.st_ino == right.st_ino, left.st_dev == right.st_dev
        {
            return
        }
        try replacing("link", "\(name) to \(existing)", parent, name) {
            linkat(directory.descriptor, old, parent.descriptor, name, 0)
        }
    }

    /// Makes a device or a pipe; `mode` holds the kind too.
    package func makeNode(
        _ name: String, in parent: OpenFile, mode: UInt32, _ major: UInt32, _ minor: UInt32
    ) throws(SystemProblem) {
        try replacing("mknod", name, parent) { cl_mknodat(parent.descriptor, name, mode, major, minor) }
    }

    /// Marks a name as gone, for what lies below this tree. What the tree itself has under the name stays, hiding what is below.
    package func hide(_ name: String, in path: String) throws(SystemProblem) {
        let parent = try open(path)
        guard let facts = facts(name, in: parent) else {
            try checkNumber("mknod", name) { cl_mknodat(parent.descriptor, name, S_IFCHR, 0, 0) }
            return
        }
        if facts.st_mode & S_IFMT == S_IFDIR {
            try setAttributes(["trusted.overlay.opaque": [UInt8(ascii: "y")]], of: name, in: parent)
        }
    }

    /// Marks a directory as hiding everything that lies below it.
    package func makeOpaque(_ path: String) throws(SystemProblem) {
        let directory = try open(path)
        let value: [UInt8] = [UInt8(ascii: "y")]
        try check("fsetxattr", path) {
            fsetxattr(directory.descriptor, "trusted.overlay.opaque", value, value.count, 0)
        }
    }

    /// Sets owner, mode, attributes and time of a file of the tree; of the root when `name` is nil.
    package func set(_ facts: Facts, of name: String?, in parent: OpenFile? = nil) throws(SystemProblem) {
        let parent = parent ?? root
        let name = name ?? "."
        let isLink = self.facts(name, in: parent).map { $0.st_mode & S_IFMT == S_IFLNK } ?? false
        try check("chown", name) { fchownat(parent.descriptor, name, facts.owner, facts.group, AT_SYMLINK_NOFOLLOW) }
        // After the owner, since a change of owner takes the set-user-id bit away.
        if !isLink { try check("chmod", name) { fchmodat(parent.descriptor, name, facts.mode & 0o7777, 0) } }
        if !facts.attributes.isEmpty { try setAttributes(facts.attributes, of: name, in: parent) }
        try setTime(facts, of: name, in: parent)
    }

    /// Sets the time of modification.
    package func setTime(_ facts: Facts, of name: String, in parent: OpenFile) throws(SystemProblem) {
        let time = timespec(tv_sec: Int(facts.modified.seconds), tv_nsec: Int(facts.modified.nanoseconds))
        let times = [time, time]
        try check("utimensat", name) { utimensat(parent.descriptor, name, times, AT_SYMLINK_NOFOLLOW) }
    }

    private func setAttributes(
        _ attributes: [String: [UInt8]], of name: String, in parent: OpenFile
    ) throws(SystemProblem) {
        // There is no such call relative to a directory; the magic link names exactly the directory that is open.
        let path = "/proc/self/fd/\(parent.descriptor)/\(name)"
        for (attribute, value) in attributes {
            if lsetxattr(path, attribute, value, value.count, 0) == 0 || errno == EOPNOTSUPP { continue }
            throw SystemProblem("lsetxattr", "\(name) \(attribute)", number: errno)
        }
    }

    private func facts(_ name: String, in parent: OpenFile) -> stat? {
        var facts = stat()
        return fstatat(parent.descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts : nil
    }

    private func remove(_ name: String, in parent: OpenFile) throws(SystemProblem) {
        if unlinkat(parent.descriptor, name, 0) == 0 || errno == ENOENT { return }
        if errno != EISDIR { throw SystemProblem("unlink", name, number: errno) }
        last = nil
        try FileSystem.removeTree("/proc/self/fd/\(parent.descriptor)/\(name)")
    }

    private func replacing(
        _ call: String, _ subject: String, _ parent: OpenFile, _ name: String? = nil, _ body: () -> Int32
    ) throws(SystemProblem) {
        let result = body()
        if result >= 0 { return }
        let number = result == -1 ? errno : -result
        if number != EEXIST { throw SystemProblem(call, subject, number: number) }
        try remove(name ?? subject, in: parent)
        let again = body()
        if again < 0 { throw SystemProblem(call, subject, number: again == -1 ? errno : -again) }
    }
}
