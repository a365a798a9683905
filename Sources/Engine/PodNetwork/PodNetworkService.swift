import FoundationEssentials
package import Kube
package import Logging
package import NIOCore
import NIOPosix
import Problems
import ServiceLifecycle

/// Keeps service rules and cluster DNS in step with the cluster. Stopping it leaves sandboxes and rules in place: pods go
/// on, and the next start takes over.
package struct PodNetworkService: ServiceLifecycle.Service {
    private let network: PodNetwork
    private let client: ClusterClient
    private let group: any EventLoopGroup
    private let logger: Logger
    private let onReady: @Sendable () -> Void

    /// - Parameter onReady: called once names are answered and rules for the services known at the start are in force.
    package init(
        network: PodNetwork, client: ClusterClient, group: (any EventLoopGroup)? = nil, logger: Logger,
        onReady: @escaping @Sendable () -> Void = {}
    ) {
        self.network = network
        self.client = client
        self.group = group ?? MultiThreadedEventLoopGroup.singleton
        self.logger = logger
        self.onReady = onReady
    }

    package func run() async throws {
        try await network.start()
        let configuration = network.configuration
        let view = ServiceView()
        let rules = ServiceRules(configuration: configuration, logger: logger)
        let server = DNSServer(
            resolver: DNSResolver(servers: configuration.upstreams ?? Self.hostServers(), group: group), group: group,
            logger: logger)
        let (listening, isListening) = AsyncStream<Void>.makeStream()
        do {
            try await cancelWhenGracefulShutdown {
                try await withThrowingDiscardingTaskGroup { tasks in
                    tasks.addTask {
                        try await Reflector(Kube.Service.self, client: client, logger: logger).run { view.apply($0) }
                    }
                    tasks.addTask {
                        try await Reflector(EndpointSlice.self, client: client, logger: logger).run { view.apply($0) }
                    }
                    tasks.addTask {
                        try await server.run(host: "\(configuration.gateway)", port: configuration.dnsPort) { _ in
                            isListening.finish()
                        }
                    }
                    tasks.addTask {
                        for await _ in listening {}
                        try await follow(view, rules, server)
                    }
                }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {}
    }

    /// Removes rules, the gateway address and the route to services. Only for leaving a machine for good.
    package func withdraw() async throws {
        try await ServiceRules(configuration: network.configuration, logger: logger).remove()
        try await network.withdrawFromHost()
    }

    private func follow(_ view: ServiceView, _ rules: ServiceRules, _ server: DNSServer) async throws {
        let configuration = network.configuration
        var serial: UInt32 = 1
        var isReady = false
        for await _ in view.changes {
            // Changes come in bursts: one pod that becomes ready touches its slice several times.
            try await Task.sleep(for: .milliseconds(5))
            while let snapshot = view.snapshot {
                serial &+= 1
                server.update(
                    ClusterZone(
                        origin: configuration.clusterDomain, networks: [configuration.pods, configuration.services],
                        snapshot: snapshot, serial: serial))
                do {
                    try await rules.apply(ServiceRuleset(configuration: configuration, portals: snapshot.portals))
                    if !isReady { onReady() }
                    isReady = true
                    break
                } catch let problem as PodNetworkProblem {
                    logger.error(
                        "service rules can't be applied, trying again", metadata: ["error": "\(problem.oneLine)"])
                    try await Task.sleep(for: .seconds(2))
                }
            }
        }
    }

    private static func hostServers() -> [String] {
        DNSResolver.servers(inConfiguration: (try? String(contentsOfFile: "/etc/resolv.conf", encoding: .utf8)) ?? "")
    }
}
