import FoundationEssentials
package import Kube
package import Logging
import ServiceLifecycle

/// The gateway as a service: follows the cluster's routes, serves them, and drains when it is told to stop.
package struct GatewayService: ServiceLifecycle.Service {
    private let settings: GatewaySettings
    private let client: ClusterClient
    private let ledger: TrafficLedger
    private let accessLog: AccessLog?
    private let logger: Logger
    private let onReady: @Sendable (GatewayListener) async -> Void

    /// `onReady` is called once, when the first table is in place and the socket listens.
    package init(
        settings: GatewaySettings, client: ClusterClient, ledger: TrafficLedger, accessLog: AccessLog? = nil,
        logger: Logger,
        onReady: @escaping @Sendable (GatewayListener) async -> Void = { _ in }
    ) {
        self.settings = settings
        self.client = client
        self.ledger = ledger
        self.accessLog = accessLog
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until the task is cancelled or the service is asked to stop; then ends the requests under way.
    package func run() async throws {
        let server = GatewayServer(settings: settings, ledger: ledger, accessLog: accessLog)
        let source = RouteSource(client: client, gatewayClass: settings.gatewayClass, logger: logger)
        let (plans, publishing) = AsyncStream.makeStream(of: RoutingPlan.self, bufferingPolicy: .bufferingNewest(1))
        let (reports, reporting) = AsyncStream.makeStream(of: RoutingPlan.self, bufferingPolicy: .bufferingNewest(1))
        let statuses = RouteStatusWriter(client: client, logger: logger)
        var listener: GatewayListener?
        do {
            listener = try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await cancelWhenGracefulShutdown { await source.run { publishing.yield($0) } }
                    publishing.finish()
                }
                let address = settings.host
                group.addTask { for await plan in reports { await statuses.write(plan, address: address) } }
                defer { group.cancelAll() }
                return try await serve(plans, on: server) { reporting.yield($0) }
            }
        } catch {
            await server.shutDown(nil)
            throw error
        }
        logger.info("gateway drains")
        await server.shutDown(listener)
        accessLog?.finish()
    }

    /// Installs each plan's table, and listens as soon as the first is in place.
    private func serve(
        _ plans: AsyncStream<RoutingPlan>, on server: GatewayServer, report: (RoutingPlan) -> Void
    ) async throws -> GatewayListener? {
        var listener: GatewayListener?
        var installed: RoutingTable?
        for await plan in plans {
            if installed != plan.table {
                try await server.install(plan.table)
                installed = plan.table
            }
            if listener == nil {
                let bound = try await server.bind()
                listener = bound
                logger.info(
                    "gateway listens", metadata: ["gateway.host": "\(bound.host)", "gateway.port": "\(bound.port)"])
                await onReady(bound)
            }
            report(plan)
        }
        return listener
    }
}
