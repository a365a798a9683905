import Glibc
package import Problems

/// The kernel refused to change links, addresses, routes or namespaces.
package struct NetlinkProblem: Problem {
    /// What was tried: `add the route 10.244.0.11/32`.
    package let operation: String
    /// The positive errno.
    package let errno: Int32

    package init(operation: String, errno: Int32) {
        self.operation = operation
        self.errno = errno
    }

    package var code: String { "linux.netlink" }
    package var summary: String { "can't \(operation): \(String(cString: strerror(errno)))" }
    package var remedy: String? {
        switch errno {
        case 1, 13: "Run as root, or with CAP_NET_ADMIN and CAP_SYS_ADMIN."
        default: nil
        }
    }
    package var category: ProblemCategory { errno == 1 || errno == 13 ? .denied : .failed }

    package var isAlreadyThere: Bool { errno == 17 }
    /// No such device, process, file or address.
    package var isAbsent: Bool { [2, 3, 19, 99].contains(errno) }
}
