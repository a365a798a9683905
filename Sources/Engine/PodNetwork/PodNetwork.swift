import FoundationEssentials
import Linux
package import Logging

/// Gives pods their sandboxes: pinned namespaces, an address, and a routed virtual cable to the host.
///
/// Each pod has a /32 address. The host's end of every cable carries the gateway address, so the host routes between pods
/// and every packet passes its netfilter hooks; there is no bridge. What is given lives on disk in a directory for each
/// pod, so it outlives this process.
package actor PodNetwork {
    package nonisolated let configuration: PodNetworkConfiguration
    private let logger: Logger
    private var pool: AddressPool
    private var attachments: [String: PodAttachment] = [:]
    private var started = false

    package init(configuration: PodNetworkConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        pool = AddressPool(network: configuration.pods)
    }

    /// Reads what an earlier process left and prepares the host's side: the gateway address and the route to services.
    package func start() throws {
        guard !started else { return }
        try FileManager.default.createDirectory(atPath: configuration.directory, withIntermediateDirectories: true)
        for pod in try FileManager.default.contentsOfDirectory(atPath: configuration.directory) { recover(pod) }
        try prepareHost()
        started = true
    }

    /// The sandbox of a pod: the one it has, or a new one.
    ///
    /// - Parameters:
    ///   - pod: the pod's uid, which names its directory.
    ///   - hostname: at most 63 bytes.
    package func attach(_ pod: String, hostname: String) throws -> PodAttachment {
        try start()
        if let attachment = attachments[pod] {
            if attachment.namespaces.isAlive { return attachment }
            try connect(attachment, hostname: hostname)
            return attachment
        }
        guard let address = pool.allocate() else {
            throw PodNetworkProblem.addressesExhausted(network: configuration.pods)
        }
        let attachment = attachment(pod, address)
        do {
            try record(address, of: pod)
            try connect(attachment, hostname: hostname)
        } catch {
            forget(attachment, pod)
            throw error
        }
        attachments[pod] = attachment
        return attachment
    }

    /// The sandbox of a pod that has one.
    package func attachment(of pod: String) -> PodAttachment? { attachments[pod] }

    /// Ends a sandbox and frees its address. Without a sandbox it does nothing.
    package func detach(_ pod: String) {
        guard let attachment = attachments.removeValue(forKey: pod) else { return }
        forget(attachment, pod)
    }

    /// Ends the sandboxes of all pods but these.
    package func detachAll(except pods: Set<String>) {
        for pod in attachments.keys where !pods.contains(pod) { detach(pod) }
    }

    /// Takes the gateway address and the route to services from the host again. Sandboxes stay.
    package func withdrawFromHost() throws {
        var host = try RouteSocket()
        let loopback = try host.index(of: "lo")
        try host.removeRoute(serviceRoute, by: loopback)
        try host.removeAddress(configuration.gateway.bytes, prefix: 32, on: loopback)
        started = false
    }

    private var serviceRoute: RouteSocket.Route {
        RouteSocket.Route(
            configuration.services.base.bytes, prefix: UInt8(configuration.services.prefix),
            source: configuration.gateway.bytes)
    }

    private func prepareHost() throws {
        var host = try RouteSocket()
        let loopback = try host.index(of: "lo")
        try host.bringUp(loopback)
        try host.addAddress(configuration.gateway.bytes, prefix: 32, on: loopback)
        try host.setRoute(serviceRoute, by: loopback)
        guard configuration.forwardsToOutside else { return }
        do { try Data("1".utf8).write(to: URL(filePath: "/proc/sys/net/ipv4/ip_forward")) } catch {
            throw PodNetworkProblem.forwarding(why: String(describing: error))
        }
    }

    private func connect(_ attachment: PodAttachment, hostname: String) throws {
        let namespaces = attachment.namespaces
        try namespaces.remove()
        try namespaces.create(hostname: hostname)
        let gateway = configuration.gateway.bytes
        let address = attachment.address.bytes

        var host = try RouteSocket()
        try host.removeLink(attachment.link)
        try host.addVethPair(attachment.link, peer: "eth0", in: namespaces.network)

        var inside = try RouteSocket(namespace: namespaces.network)
        try inside.bringUp(try inside.index(of: "lo"))
        let device = try inside.index(of: "eth0")
        try inside.addAddress(address, prefix: 32, on: device)
        try inside.bringUp(device)

        let cable = try host.index(of: attachment.link)
        try host.addAddress(gateway, prefix: 32, on: cable)
        try host.bringUp(cable, forwarding: true)
        try host.setRoute(RouteSocket.Route(address, prefix: 32, source: gateway), by: cable)

        try inside.setRoute(RouteSocket.Route(gateway, prefix: 32), by: device)
        try inside.setRoute(RouteSocket.Route(gateway: gateway, source: address), by: device)
        try namespaces.set("ipv4/ip_unprivileged_port_start", to: "0")
    }

    private func attachment(_ pod: String, _ address: IPv4Address) -> PodAttachment {
        PodAttachment(
            namespaces: PinnedNamespaces(directory: directory(of: pod)), address: address,
            link: configuration.linkPrefix + String(configuration.pods.position(of: address)))
    }

    private func directory(of pod: String) -> String { configuration.directory + "/" + pod }

    private func record(_ address: IPv4Address, of pod: String) throws {
        let directory = directory(of: pod)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try Data("\(address)\n".utf8).write(to: URL(filePath: directory + "/address"), options: .atomic)
        } catch { throw PodNetworkProblem.sandbox(path: directory, why: String(describing: error)) }
    }

    private func recover(_ pod: String) {
        let text = (try? String(contentsOfFile: directory(of: pod) + "/address", encoding: .utf8)) ?? ""
        guard let address = IPv4Address(text.prefix { $0 != "\n" }), pool.reserve(address) else {
            logger.warning("sandbox without a usable address removed", metadata: ["pod.uid": "\(pod)"])
            try? PinnedNamespaces(directory: directory(of: pod)).remove()
            try? FileManager.default.removeItem(atPath: directory(of: pod))
            return
        }
        attachments[pod] = attachment(pod, address)
    }

    private func forget(_ attachment: PodAttachment, _ pod: String) {
        do {
            var host = try RouteSocket()
            try host.removeLink(attachment.link)
            try attachment.namespaces.remove()
        } catch {
            logger.warning("sandbox not removed cleanly", metadata: ["pod.uid": "\(pod)", "error": "\(error)"])
        }
        try? FileManager.default.removeItem(atPath: directory(of: pod))
        pool.release(attachment.address)
    }
}
