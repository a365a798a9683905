import Alerts
import Chat
import Foundation
import Gateway
import Identity
import Releases
import ServiceLifecycle

/// Traffic and releases.
struct DeliverParts: Sendable {
    let services: [any ServiceLifecycle.Service]
    let pipeline: Pipeline
    let channel: OpsChannel
    let incidents: IncidentLog
    let desk: IncidentDesk
}

extension Parts {
    func deliver(_ base: Foundations, _ engine: EngineParts, _ build: BuildParts, _ observe: ObserveParts) async throws
        -> DeliverParts
    {
        let channel = OpsChannel(journal: base.journal)
        let incidents = try IncidentLog(path: data.database("incidents"))
        let desk = IncidentDesk(log: incidents, journal: base.journal, channel: channel)
        let pipeline = Pipeline(
            store: try ReleaseStore(path: data.database("releases"), sealedWith: base.secrets.sealingKey),
            journal: base.journal,
            ports: PipelinePorts(
                commits: RepositorySource(repositories: build.repositories), workflows: build.checks,
                images: PipelineImages(builder: build.builder, registry: "localhost:\(registryPort)"),
                clusters: Clusters(embedded: engine.client), traffic: LedgerTraffic(ledger: base.ledger),
                metrics: MetricQueries(engine: observe.queries), logs: PodLogLines(streams: observe.logs),
                incidents: DeliveryIncidents(desk: desk, logger: label("releases")),
                secrets: SealedValues(store: base.secrets),
                gateway: { [ports = self.ports] in ports.endpoints.url(\.gateway) }),
            workspace: data.path + "/checkouts", logger: label("releases"))
        let (ports, readiness) = (ports, readiness)
        let gateway = GatewayService(
            settings: GatewaySettings(host: config.listen, port: config.ports.gateway), client: engine.client,
            ledger: base.ledger, logger: label("gateway")
        ) { listener in
            ports.set(\.gateway, listener.port)
            await readiness.ready("gateway")
        }
        return DeliverParts(
            services: [
                gateway, pipeline, DriftWatch(pipeline: pipeline),
                PreviewKeeper(repositories: build.repositories, pipeline: pipeline, logger: label("releases")),
                StepNotices(journal: base.journal, channel: channel, logger: label("chat")),
                PushDelivery(
                    feed: build.feed, repositories: build.repositories, pipeline: pipeline, journal: base.journal,
                    logger: label("commits")),
            ], pipeline: pipeline, channel: channel, incidents: incidents, desk: desk)
    }
}
