import Alerts
import Chat
import Commits
import Console
import Foundation
import Hummingbird
import Identity
import Images
import Kube
import Registry
import Releases
import ServiceLifecycle
import Web
import Workflows

/// Alerts, chat and the console.
struct RespondParts: Sendable {
    let services: [any ServiceLifecycle.Service]
}

extension Parts {
    func respond(
        _ base: Foundations, _ engine: EngineParts, _ build: BuildParts, _ observe: ObserveParts,
        _ deliver: DeliverParts
    ) async throws
        -> RespondParts
    {
        let alerts = AlertService(
            querying: AlertQueries(engine: observe.queries), facts: KnownReleases(pipeline: deliver.pipeline),
            desk: deliver.desk, logger: label("alerts"))
        let conversation = Conversation(
            channel: deliver.channel,
            operations: ChatDesk(pipeline: deliver.pipeline, incidents: deliver.incidents, access: base.access),
            logger: label("chat"))
        var services: [any ServiceLifecycle.Service] = [
            alerts,
            AlertRules(
                pipeline: deliver.pipeline, repositories: build.repositories, alerts: alerts, journal: base.journal,
                logger: label("alerts")),
        ]
        services.append(
            IncidentClosing(
                journal: base.journal, incidents: deliver.incidents, desk: deliver.desk, logger: label("alerts")))
        let (registry, client, pipeline) = (engine.registry, engine.client, deliver.pipeline)
        services.append(
            AppNotices(
                journal: base.journal, pipeline: pipeline, secrets: base.secrets,
                shared: config.slack.map { SlackTarget(webhook: $0.webhook, channel: $0.channel) },
                logger: label("slack")))
        services.append(
            Housekeeper(
                images: ImageCollection(
                    registry: registry, cache: build.builder.cache, layers: engine.layers,
                    days: config.retention.imagesDays,
                    needs: { try await ImageCollection.needs(pipeline, client, registry) }),
                runs: RunCollection(
                    archive: build.checks.runner.archive, pipeline: pipeline, days: config.retention.runsDays),
                logger: label("housekeeping")))
        if let slack = config.slack { services.append(await webhook(slack, base, deliver.channel)) }
        services.append(
            listener(
                "console", config.ports.console, \.console,
                console(base, engine.registry, engine.client, build, observe, deliver, alerts, conversation)))
        return RespondParts(services: services)
    }

    private func webhook(_ slack: ServerConfig.Slack, _ base: Foundations, _ channel: OpsChannel) async -> SlackWebhook
    {
        let secrets = base.secrets
        let told = await channel.follow().filter { $0.author == OpsChannel.estiba }
        let messages = AsyncStream<ChatMessage> { continuation in
            let reading = Task {
                for await message in told { continuation.yield(message) }
                continuation.finish()
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
        return SlackWebhook(
            url: { try await WebhookAddress.resolve(slack.webhook, secrets) }, channel: slack.channel,
            messages: messages, logger: label("slack"))
    }

    private func console(
        _ base: Foundations, _ registry: RegistryStore, _ client: ClusterClient, _ build: BuildParts,
        _ observe: ObserveParts, _ deliver: DeliverParts, _ alerts: AlertService,
        _ conversation: Conversation
    ) -> some HTTPResponder<WebContext> {
        let router = WebRouter(context: WebContext.self)
        // git offers a password only where it is asked for one; a browser must not be, since it would ask its user.
        router.add(
            middleware: ProblemMiddleware(.rest) { request in
                request.uri.path.hasPrefix("/git/") ? #"Basic realm="estiba""# : #"Bearer realm="estiba""#
            })
        router.add(middleware: AccessMiddleware(access: base.access))
        router.get("/readyz") { _, _ in "ok\n" }
        LoginRoutes().add(to: router)
        let access = base.access
        GitRoutes(
            repositories: build.repositories, changed: { build.feed.refsMayHaveChanged($0) },
            authorize: { operation, _, context in
                switch operation {
                case .push: _ = try access.require(.deploy, of: context.caller)
                case .fetch:
                    guard context.isLoopback || context.caller != nil else {
                        throw AccessProblem.unknownCaller(.deploy)
                    }
                }
            }
        ).add(to: router)
        DeliveryRoutes(
            pipeline: deliver.pipeline, access: base.access,
            intake: CommitIntake(repositories: build.repositories, feed: build.feed)
        ).add(to: router)
        LedgerRoutes(
            explainer: Explainer(
                pipeline: deliver.pipeline, client: client, queries: observe.queries, incidents: deliver.incidents,
                journal: base.journal), keys: KeyLedger(journal: base.journal)
        ).add(to: router)
        ImageRoutes(
            builder: build.builder, registry: registry, registryName: "localhost:\(registryPort)", access: base.access
        ).add(to: router)
        ChatRoutes(channel: deliver.channel, conversation: conversation, incidents: deliver.incidents, alerts: alerts)
            .add(to: router)
        ConsoleRoutes(
            facts: ConsoleReader(
                pipeline: deliver.pipeline, archive: build.checks.runner.archive, client: client,
                queries: observe.queries,
                incidentLog: deliver.incidents, channel: deliver.channel, journal: base.journal),
            actions: ConsoleDesk(pipeline: deliver.pipeline, conversation: conversation, access: base.access)
        ).add(to: router)
        return router.buildResponder()
    }
}
