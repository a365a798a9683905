import Containers
import FoundationEssentials
import Linux
import OCI
import Problems
import Registry
import Store

/// Does one step that touches files.
struct StepExecutor: Sendable {
    let stage: StageBuilder
    let platform: Platform
    let location: ProblemLocation
    let info: BuildEvent.Step
    let command: String

    enum Source: Sendable {
        case context(FileTree)
        /// The files of another stage or image.
        case layers([StageState.Layer])
    }

    private var builder: ImageBuilder { stage.builder }
    private var request: BuildRequest { stage.request }
    private var work: String { builder.folder + "/work" }

    /// What the result depends on.
    func key(_ work: StageState.Work, on layers: [StageState.Layer], from source: Source) async throws -> Digest {
        let (platform, times, location) = (platform, request.latestFileTime, location)
        return try await Thread.run(name: "estiba-build") {
            var key = StepKey(layers: layers, platform: platform, times: times)
            key.add(work)
            if case .copy(let copy) = work {
                switch source {
                case .layers(let layers):
                    key.add(copy.sources)
                    key.add(layers.map(\.diffID.description))
                case .context(let tree):
                    for name in copy.sources {
                        for found in try Self.find(name, in: tree, at: location) {
                            try key.add(found.name, tree.walk(found.path), of: tree)
                        }
                    }
                }
            }
            return key.digest
        }
    }

    /// Does the work on top of the layers.
    ///
    /// - Returns: the new layer; nil if nothing changed.
    func execute(
        _ work: StageState.Work, on layers: [StageState.Layer], from source: Source
    ) async throws -> LayerArchive.Result? {
        do {
            return try await StepWorkspace.with(layers, of: builder.layers, in: self.work) { workspace in
                switch work {
                case .none: break
                case .makeDirectory(let path):
                    let root = workspace.root
                    try await Thread.run(name: "estiba-build") {
                        _ = try ContainedTree(root: root).open(PathCleaning.relative(path))
                    }
                case .copy(let copy): try await self.copy(copy, into: workspace.root, from: source)
                case .run(let run): try await self.run(run, in: workspace.root)
                }
                let archive = LayerArchive(
                    directory: workspace.filesystem.changes, latest: request.latestFileTime,
                    compression: request.compression)
                return try await workspace.seal(archive, into: builder.layers, blobs: builder.registry.blobs)
            }
        } catch let refusal as FileCopier.Refusal {
            throw ImageProblem.copyRefused(at: location, why: refusal.why, remedy: refusal.remedy)
        } catch let problem as ImageProblem {
            throw problem
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ImageProblem.step(at: location, cause: error)
        }
    }

    private static func find(
        _ name: String, in tree: FileTree, at location: ProblemLocation
    ) throws -> [FileTree.Found] {
        let found = tree.find(name)
        if found.isEmpty {
            let (why, remedy) = tree.absence(of: name)
            throw ImageProblem.missingSource(at: location, source: name, why: why, remedy: remedy)
        }
        return found
    }

    private func copy(_ copy: StageState.CopyWork, into root: String, from source: Source) async throws {
        let (time, location) = (request.latestFileTime, location)
        @Sendable func copyFiles(of tree: FileTree, keepingFacts: Bool) async throws {
            try await Thread.run(name: "estiba-build") {
                for name in copy.sources { _ = try Self.find(name, in: tree, at: location) }
                try FileCopier(work: copy, source: tree, root: root, time: time, keepsFacts: keepingFacts).copy()
            }
        }
        switch source {
        case .context(let tree): try await copyFiles(of: tree, keepingFacts: false)
        case .layers(let layers):
            try await StepWorkspace.with(layers, of: builder.layers, in: work) { other in
                try await copyFiles(of: FileTree(root: other.root), keepingFacts: true)
            }
        }
    }

    private func run(_ run: StageState.RunWork, in root: String) async throws {
        guard platform.runs(on: .current) else { throw ImageProblem.foreign(at: location, platform) }
        guard let host = builder.host else {
            throw PlainProblem(
                "images.run.no-runtime", "RUN needs a container runtime, and this machine has none",
                remedy: "Install crun or runc; \"estiba doctor\" says what else is missing.", category: .unavailable,
                location: location)
        }
        let ambient =
            request.arguments.filter { BuildPlan.ambientArguments.contains($0.key) && $0.key != "SOURCE_DATE_EPOCH" }
            .map { "\($0.key)=\($0.value)" }.sorted() + ["SOURCE_DATE_EPOCH=\(request.latestFileTime)"]
        let runner = CommandRunner(
            host: host, folder: work, limits: request.limits, timeout: request.timeout, ambient: ambient,
            caches: builder.folder + "/mounts")
        let id = "build-" + UUID().uuidString.lowercased().prefix(13)
        let (report, info) = (stage.report, info)
        do {
            let (status, tail) = try await holding(Self.lockedCaches(of: run)) {
                try await runner.run(run, in: root, id: id) { report(.log(info, $0)) }
            }
            guard status.isSuccess else {
                throw ImageProblem.stepFailed(at: location, command: command, status: status.code, tail: tail)
            }
        } catch let problem as ContainerProblem {
            if case .timedOut(_, _, let limit) = problem {
                throw ImageProblem.timedOut(at: location, command: command, after: limit)
            }
            throw problem
        } catch CommandProblem.timedOut(_, let limit, _) {
            throw ImageProblem.timedOut(at: location, command: command, after: limit)
        }
    }

    private static func lockedCaches(of run: StageState.RunWork) -> [String] {
        var names: Set<String> = []
        for mount in run.mounts {
            if case .cache(let name, isLocked: true) = mount.kind { names.insert(name) }
        }
        // Everybody takes them in the same order.
        return names.sorted()
    }

    private func holding<Result: Sendable>(
        _ caches: [String], _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let first = caches.first else { return try await body() }
        return try await builder.locks.with("mount " + first) { try await holding(Array(caches.dropFirst()), body) }
    }
}
