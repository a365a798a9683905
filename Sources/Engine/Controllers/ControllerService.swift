package import FoundationEssentials
package import Kube
package import Logging
import ServiceLifecycle

/// All controllers of the engine and its scheduler, over one client. One watch for each kind feeds them all.
package struct ControllerService: ServiceLifecycle.Service {
    private let client: ClusterClient
    private let rootCertificate: String?
    private let logger: Logger
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Moment

    /// `rootCertificate` is the API server's authority as PEM, published in each namespace; nil leaves it out.
    /// `clock` measures delays, `now` dates what is written.
    package init(
        client: ClusterClient, rootCertificate: String? = nil, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.client = client
        self.rootCertificate = rootCertificate
        self.logger = logger
        self.clock = clock
        self.now = { Moment(now()) }
    }

    /// Works until the task is cancelled or the service is asked to stop.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            let view = ClusterView()
            let events = EventRecorder(client: client, now: now, logger: logger)
            let controllers = ControllerSet(
                view: view, client: client, events: events, rootCertificate: rootCertificate, now: now)
            controllers.observe(view)
            let (synced, syncing) = AsyncStream.makeStream(of: Void.self)
            await withDiscardingTaskGroup { group in
                group.addTask { await events.run() }
                group.addTask {
                    do { try await view.run(client: client, logger: logger) { syncing.yield() } } catch {
                        logger.error("the cluster can't be watched", metadata: ["error": "\(error)"])
                    }
                    syncing.finish()
                }
                // Deciding on half of the facts would delete what is only not seen yet.
                for await _ in synced {
                    logger.info("controllers have the whole view")
                    await controllers.run(clock: clock, logger: logger)
                    break
                }
            }
        }
    }
}
