import CLinux
import Glibc

/// The network, IPC and UTS namespaces that the containers of a pod share, kept alive by files in a directory: no
/// process has to hold them.
package struct PinnedNamespaces: Sendable, Equatable {
    /// Holds the files `net`, `ipc` and `uts`.
    package let directory: String

    package init(directory: String) { self.directory = directory }

    package var network: String { directory + "/net" }
    package var ipc: String { directory + "/ipc" }
    package var uts: String { directory + "/uts" }

    /// False after a restart of the machine, when the files are there but hold nothing.
    package var isAlive: Bool { clinux_is_namespace(network) == 1 }

    /// Makes new namespaces. The directory must exist.
    package func create(hostname: String) throws(NetlinkProblem) {
        try Self.check(clinux_pin_new_namespaces(directory, hostname), "make namespaces in \(directory)")
    }

    /// Pins the namespaces of a running process, where the files were lost but the process lives on.
    package func adopt(from process: Int32) throws(NetlinkProblem) {
        try Self.check(clinux_pin_namespaces_of(process, directory), "pin the namespaces of process \(process)")
    }

    /// Lets the namespaces go; they end with their last process.
    package func remove() throws(NetlinkProblem) {
        try Self.check(clinux_unpin_namespaces(directory), "remove the namespaces in \(directory)")
    }

    /// Writes a setting below `/proc/sys/net` of this network namespace, such as `ipv4/ip_unprivileged_port_start`.
    package func set(_ name: String, to value: String) throws(NetlinkProblem) {
        try Self.check(
            clinux_sysctl_in_namespace(network, "/proc/sys/net/" + name, value), "set net/\(name) to \(value)")
    }

    /// A socket inside the network namespace. The caller closes it.
    package func socket(domain: Int32, type: Int32, protocol number: Int32 = 0) throws(NetlinkProblem) -> Int32 {
        let descriptor = clinux_socket_in_namespace(network, domain, type, number)
        try Self.check(descriptor, "make a socket in \(network)")
        return descriptor
    }

    private static func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(NetlinkProblem) {
        if result < 0 { throw NetlinkProblem(operation: operation(), errno: -result) }
    }
}
