package import Linux

/// What a container is to be, in the words of whoever starts it. `RuntimeSpec(plan, on: machine)` turns it into the runtime's form.
package struct ContainerPlan: Sendable, Equatable {
    package enum SystemCalls: Sendable, Equatable {
        /// Those that administer the machine are refused.
        case restricted
        case all
    }

    /// The mounted root file system.
    package var root: String
    package var isRootReadOnly = false
    /// The program and its arguments; never empty.
    package var arguments: [String]
    /// `NAME=value`; PATH and HOME are added where they are missing.
    package var environment: [String] = []
    package var directory = "/"
    /// As in an image: empty, `name`, `uid`, `name:group`, `uid:gid`.
    package var user = ""
    package var additionalGroups: [UInt32] = []
    /// Left out: the name of the machine or of the `uts` namespace that is joined.
    package var hostname: String?
    package var namespaces = Namespaces()
    /// Beside the usual ones (proc, dev, sys, …); one with the same destination replaces it.
    package var mounts: [RuntimeSpec.Mount] = []
    package var addedCapabilities: [String] = []
    package var droppedCapabilities: [String] = []
    /// All capabilities, all devices, nothing masked.
    package var isPrivileged = false
    package var mayGainPrivileges = true
    package var systemCalls = SystemCalls.restricted
    package var limits = CgroupLimits()
    /// From the root of the control groups; nil leaves it to the runtime.
    package var cgroup: String?
    package var fileLimits: [RuntimeSpec.Limit] = []
    package var oomScore: Int?
    package var kernelSettings: [String: String] = [:]
    package var annotations: [String: String] = [:]

    /// Which namespaces the container shares. A path joins an existing one, `.own` makes one, `.machine` is that of this process.
    package struct Namespaces: Sendable, Equatable {
        package enum Choice: Sendable, Equatable {
            case own
            case machine
            case joined(String)
        }
        package var network = Choice.own
        package var ipc = Choice.own
        package var uts = Choice.own
        package var processes = Choice.own

        package init() {}

        /// Those of a pod.
        package init(pod: PinnedNamespaces) {
            network = .joined(pod.network)
            ipc = .joined(pod.ipc)
            uts = .joined(pod.uts)
        }
    }

    package init(root: String, arguments: [String]) {
        self.root = root
        self.arguments = arguments
    }
}
