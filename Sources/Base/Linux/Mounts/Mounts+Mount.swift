import CLinux
import Glibc

extension Mounts {
    package struct Options: OptionSet, Sendable {
        package let rawValue: UInt
        package init(rawValue: UInt) { self.rawValue = rawValue }
        package static let readOnly = Options(rawValue: UInt(MS_RDONLY))
        package static let noSetUserID = Options(rawValue: UInt(MS_NOSUID))
        package static let noDevices = Options(rawValue: UInt(MS_NODEV))
        package static let noExecution = Options(rawValue: UInt(MS_NOEXEC))
    }

    /// Mounts a file system of a type, for instance `tmpfs` with `size=1m,mode=755`.
    package static func mount(
        _ type: String, at target: String, source: String? = nil, options: Options = [], data: String? = nil
    ) throws(SystemProblem) {
        try check("mount", target) { Glibc.mount(source ?? type, target, type, options.rawValue, data) }
    }

    /// Makes a directory or file visible at another place, with what is mounted below it when `recursive`.
    package static func bind(
        _ source: String, to target: String, recursive: Bool = false, readOnly: Bool = false
    ) throws(SystemProblem) {
        let flags = UInt(MS_BIND) | (recursive ? UInt(MS_REC) : 0)
        try check("mount", target) { Glibc.mount(source, target, nil, flags, nil) }
        guard readOnly else { return }
        // The kernel ignores "read only" in the first call and wants a second one.
        let remount = UInt(MS_BIND) | UInt(MS_REMOUNT) | UInt(MS_RDONLY)
        try check("mount", target) { Glibc.mount(nil, target, nil, remount, nil) }
    }

    /// Unmounts the topmost mount at `path`. With `lazily` at once for new users, for good when the last user has gone.
    /// That nothing is mounted there is no problem.
    package static func unmount(_ path: String, lazily: Bool = false) throws(SystemProblem) {
        // UMOUNT_NOFOLLOW = 8, MNT_DETACH = 2
        if umount2(path, lazily ? 10 : 8) == 0 || errno == EINVAL || errno == ENOENT { return }
        throw SystemProblem("umount", path, number: errno)
    }

    /// Unmounts everything at and below `path`, the innermost first.
    package static func unmountAll(below path: String) throws(SystemProblem) {
        for entry in try list(below: path).reversed() { try unmount(entry.path, lazily: true) }
    }

    /// Makes `path` a mount of its own whose inner mounts are shared with copies of this namespace: an unmount here is then
    /// seen by every process that got a slave copy, so that no file system stays alive in one of them.
    package static func shareInner(_ path: String) throws(SystemProblem) {
        if try !isMounted(path) { try bind(path, to: path) }
        try check("mount", path) { Glibc.mount(nil, path, nil, UInt(MS_SHARED), nil) }
    }
}
