package import Containers
import FoundationEssentials
import Linux
import Logging
import OCI
import Problems
package import Registry
import Store
import Syntax

/// Builds images from Dockerfiles into the registry. Steps whose inputs haven't changed come from the cache; stages that don't
/// depend on each other are built at the same time.
package struct ImageBuilder: Sendable {
    package typealias Report = @Sendable (BuildEvent) -> Void

    let registry: RegistryStore
    let layers: LayerStore
    let host: ContainerHost?
    let folder: String
    let bases: BaseResolver
    package let cache: BuildCache
    let locks = KeyedLocks()

    /// - Parameters:
    ///   - layers: Where layers are unpacked, shared with whoever runs the images.
    ///   - host: Runs the commands of RUN steps; without it they are refused.
    ///   - folder: For cache and work, on the file system of the layer store.
    ///   - client: Fetches base images; without it only those that are here or can be made here are found.
    package init(
        registry: RegistryStore, layers: LayerStore, host: ContainerHost?, folder: String, client: RegistryClient?
    ) {
        self.registry = registry
        self.layers = layers
        self.host = host
        self.folder = folder
        cache = BuildCache(folder: folder + "/cache", blobs: registry.blobs)
        bases = BaseResolver(
            registry: registry, client: client, maker: BaseMaker(registry: registry, folder: folder + "/work"))
    }

    /// Removes what a build that was killed left behind. To be called before the first build.
    package func prepare() async throws {
        let work = folder + "/work"
        try await Thread.run(name: "estiba-build") {
            if FileSystem.exists(work) {
                try Mounts.unmountAll(below: work)
                try FileSystem.removeTree(work)
            }
            try FileSystem.makeDirectory(work)
        }
    }

    /// Builds an image and keeps it under its names.
    ///
    /// - Parameter report: Called in order, from several tasks.
    /// - Throws: `Diagnostics` or `Diagnostic` for the Dockerfile, `ImageProblem` for a step.
    package func build(_ request: BuildRequest, report: @escaping Report = { _ in }) async throws -> BuildResult {
        let start = ContinuousClock.now
        let (source, rules) = try read(request)
        let plan = try BuildPlanner.plan(
            source, arguments: request.arguments, target: request.target, platform: request.platform)
        for name in plan.unusedArguments {
            let declared = plan.dockerfile.stages.flatMap(\.instructions).flatMap { instruction -> [String] in
                if case .arguments(let list) = instruction.kind { list.map(\.name) } else { [] }
            }
            let hint = Suggestion.nearest(to: name, in: declared).map { "; did you mean \($0)?" } ?? ""
            report(.warning("the Dockerfile has no ARG \(name), so its value is not used" + hint))
        }
        let counter = StepCounter()
        let stageBuilder = StageBuilder(
            builder: self, request: request, plan: plan, context: FileTree(root: request.context, rules: rules),
            counter: counter,
            report: report)
        let final = try await stageBuilder.buildAll()
        let result = try await export(final, plan, request, counter, start)
        report(.exported(result))
        return result
    }

    private func read(_ request: BuildRequest) throws -> (SourceText, IgnoreRules) {
        guard FileSystem.kind(request.context) == .directory else {
            throw ImageProblem.noContext(request.shown(request.context))
        }
        let path = request.dockerfile.hasPrefix("/") ? request.dockerfile : "\(request.context)/\(request.dockerfile)"
        guard FileSystem.exists(path) else { throw ImageProblem.noDockerfile(request.shown(path)) }
        let source = SourceText(
            name: request.shown(request.dockerfile), utf8: try FileSystem.read(path, limit: 4 << 20))
        for name in [path + ".dockerignore", request.context + "/.dockerignore"] where FileSystem.exists(name) {
            let text = SourceText(name: request.shown(name), utf8: try FileSystem.read(name, limit: 4 << 20))
            return (source, try IgnoreRules.parse(text))
        }
        return (source, .none)
    }

    private func export(
        _ state: StageState, _ plan: BuildPlan, _ request: BuildRequest, _ counter: StepCounter,
        _ start: ContinuousClock.Instant
    ) async throws -> BuildResult {
        let created = Self.timestamp(request.created ?? request.latestFileTime)
        var configuration = ImageConfiguration(platform: plan.stages.last?.platform ?? request.platform)
        configuration.created = created
        configuration.author = state.author
        configuration.config = state.execution
        configuration.config?.labels.merge(request.labels) { $1 }
        configuration.rootfs.diffIDs = state.layers.map(\.diffID)
        configuration.history = state.history.map { step in
            var step = step
            step.created = step.created ?? created
            return step
        }
        var digest: Digest?
        var references: [ImageReference] = []
        for reference in request.references {
            let repository = registry.ownRepository(for: reference) ?? registry.mirrorRepository(for: reference)
            let kept = try await registry.putImage(
                configuration, layers: state.layers.map(\.descriptor), in: repository, tags: [reference.tagOrLatest])
            digest = kept
            references.append(reference.pinned(to: kept))
        }
        guard let digest else {
            throw PlainProblem(
                "images.request.name", "the image has no name", remedy: "Give it one with -t NAME.", category: .invalid)
        }
        let configurationSize = Int64(try DocumentCoding.encode(configuration).count)
        return BuildResult(
            digest: digest, size: state.layers.reduce(configurationSize) { $0 + $1.descriptor.size },
            references: references,
            configuration: configuration, steps: plan.stepCount, cachedSteps: counter.cached,
            executedSteps: counter.executed,
            duration: ContinuousClock.now - start)
    }

    private static func timestamp(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
