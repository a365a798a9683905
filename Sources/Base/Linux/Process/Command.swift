/// A program to run as a process of its own: what, with which arguments, where, as whom, and in which surroundings.
///
/// A value: nothing happens before `start`, `run` or `withChild`.
package struct Command: Sendable {
    package enum Environment: Sendable, Equatable {
        /// This process's environment, with these changes (nil removes a name).
        case inherited([String: String?] = [:])
        /// Exactly this.
        case exactly([String: String])
    }

    package enum Session: Int32, Sendable {
        /// The caller's process group: signals from a terminal reach both.
        case shared = 0
        /// A process group of its own, so that it can be killed with all its children.
        case group = 1
        /// A session of its own, free of any terminal.
        case session = 2
    }

    /// What becomes of processes of the group that are still there when the program itself ends.
    package enum Background: Sendable {
        case killed
        case kept
    }

    package struct User: Sendable, Equatable {
        package var uid: UInt32
        package var gid: UInt32
        package var groups: [UInt32]

        package init(uid: UInt32, gid: UInt32, groups: [UInt32] = []) {
            self.uid = uid
            self.gid = gid
            self.groups = groups
        }
    }

    /// A private view of the mounts: what ends outside ends inside, what is mounted inside stays inside.
    package struct MountView: Sendable, Equatable {
        /// Directories hidden below an empty temporary file system, with its mount options.
        package var hidden: [(path: String, options: String)]

        package init(hiding hidden: [(path: String, options: String)] = []) {
            self.hidden = hidden
        }

        package static func == (left: MountView, right: MountView) -> Bool {
            left.hidden.elementsEqual(right.hidden) { $0.path == $1.path && $0.options == $1.options }
        }
    }

    /// A name that is looked up in the PATH of the command's own environment, or a path with a slash in it.
    package var executable: String
    /// Without the program's own name.
    package var arguments: [String]
    /// What the program sees as its own name, when not `executable`.
    package var name: String?
    package var environment: Environment = .inherited()
    package var directory: String?
    /// The directory that the program sees as `/`.
    package var root: String?
    package var session: Session = .group
    package var background: Background = .killed
    package var user: User?
    /// The signal that the program gets when this process dies, however it dies.
    package var deathSignal: Int32?
    package var mounts: MountView?
    /// Open namespace files (`/proc/…/ns/net` and the like) that the program enters.
    package var namespaces: [OpenFile] = []
    /// `cgroup.procs` files of the groups that the program joins before it begins.
    package var cgroups: [String] = []

    package init(
        _ executable: String, _ arguments: [String] = [], environment: Environment = .inherited(),
        directory: String? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// The command as a person would type it, for messages.
    package var line: String { ([executable] + arguments).joined(separator: " ") }

    /// The last part of the executable's path, for messages.
    package var shortName: String { String(executable.split(separator: "/").last ?? Substring(executable)) }
}
