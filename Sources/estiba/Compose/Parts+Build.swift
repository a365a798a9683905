import Commits
import Foundation
import Hummingbird
import Images
import Linux
import Registry
import ServiceLifecycle
import Web
import Workflows

/// From commits to images.
struct BuildParts: Sendable {
    let services: [any ServiceLifecycle.Service]
    let repositories: Repositories
    let feed: PushFeed
    let checks: Checks
    let builder: ImageBuilder
}

extension Parts {
    func build(_ base: Foundations, _ engine: EngineParts) async throws -> BuildParts {
        let repositories = Repositories(directory: data.git)
        let feed = PushFeed(repositories: repositories, logger: label("commits"))
        let archive = RunArchive(directory: data.runs)
        _ = try archive.markInterrupted(now: Date())
        let server = "http://\(ports.endpoints.host):\(config.ports.console)"
        let group = Cgroups.detect().group("\(config.network.name)/ci")
        try group.create(CgroupLimits(cpuRequest: 100))
        let runner = WorkflowRunner(
            archive: archive,
            settings: RunnerSettings(
                scratch: data.path + "/work", caches: data.toolCache,
                parallelJobs: max(2, ProcessInfo.processInfo.activeProcessorCount),
                environment: RunnerSettings.harmless(ProcessInfo.processInfo.environment), serverURL: server,
                cgroups: group.processFiles),
            exporter: RepositoryExporter(repositories: repositories, serverURL: server))
        let builder = ImageBuilder(
            registry: engine.registry, layers: engine.layers, host: engine.host, folder: data.builds,
            client: RegistryClient())
        try await builder.prepare()
        let router = WebRouter(context: WebContext.self)
        RegistryRoutes(engine.registry).add(to: router)
        return BuildParts(
            services: [feed, listener("registry", config.ports.registry, \.registry, router.buildResponder())],
            repositories: repositories, feed: feed, checks: Checks(runner: runner, secrets: base.secrets),
            builder: builder)
    }
}
