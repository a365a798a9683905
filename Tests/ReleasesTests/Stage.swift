import Delivery
import FoundationEssentials
import Gateway
import Kube
import Logging
import Store
import Synchronization

@testable import Releases

/// Everything around a pipeline, played from a script: time, commits, workflow, images, cluster, traffic.
final class Stage: Sendable {
    struct Script: Sendable {
        var file = Samples.file
        var manifests = Samples.manifests
        var workflow = WorkflowResult(succeeded: true, summary: "build, 3 tests")
        /// How the verification of an environment ends.
        var verification = WorkflowResult(succeeded: true, summary: "smoke")
        var verificationHangs = false
        var secrets: [String: String] = [:]
        var imageFails = false
        /// Image digest by first digit of the commit.
        var ships: [Character: String] = [:]
        /// The share of failing requests of the canary.
        var canaryErrors = 0.0
        /// The share of failing requests of the stable track.
        var stableErrors = 0.0
        var perSecond = 100
        /// What the canary logs at each look.
        var canaryLines: [String] = []
        var isHealthy: @Sendable (JSON) -> Bool = { _ in true }
        /// Called after each second of pretended time.
        var everySecond: (@Sendable (Stage, Int) async -> Void)?
    }

    let script: Mutex<Script>
    let cluster: PretendCluster
    let fuse: Fuse
    let directory: String
    let store: ReleaseStore
    let journal: Journal
    private let time: Mutex<Date>
    private let counts = Mutex<[TrafficKey: TrafficCounts]>([:])
    private let random = Mutex(Seeded(state: 42))
    let incidents = Mutex<[DeliveryIncident]>([])
    let workflowRuns = Mutex(0)
    let orders = Mutex<[WorkflowOrder]>([])

    init(_ script: Script = Script(), fuse: Fuse = Fuse()) throws {
        self.script = Mutex(script)
        self.fuse = fuse
        cluster = PretendCluster(fuse: fuse, isHealthy: script.isHealthy)
        directory = TemporaryDirectory.make()
        store = try ReleaseStore(path: directory + "/releases.sqlite")
        journal = try Journal(path: directory + "/journal.sqlite")
        time = Mutex(Date(timeIntervalSince1970: 10_000))
    }

    /// What is left after a crash: files, cluster, time.
    init(after crashed: Stage, fuse: Fuse = Fuse()) throws {
        script = Mutex(crashed.script.withLock { $0 })
        self.fuse = fuse
        cluster = crashed.cluster.surviving(fuse: fuse)
        directory = crashed.directory
        store = try ReleaseStore(path: directory + "/releases.sqlite")
        journal = try Journal(path: directory + "/journal.sqlite")
        time = Mutex(crashed.now)
    }

    func remove() { try? FileManager.default.removeItem(atPath: directory) }

    var now: Date { time.withLock { $0 } }

    func pipeline() -> Pipeline {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return Pipeline(
            store: store, journal: journal,
            ports: PipelinePorts(
                commits: self, workflows: self, images: self, clusters: self, traffic: self, metrics: self,
                logs: self, incidents: self, secrets: self, gateway: { "http://127.0.0.1:8080" }),
            clock: PipelineClock(now: { self.now }, sleep: { try await self.sleep($0) }),
            workspace: directory + "/work", logger: logger)
    }

    private func sleep(_ duration: Duration) async throws {
        try await fuse.burn()
        try Task.checkCancellation()
        let (before, after) = time.withLock { time -> (Int, Int) in
            let before = Int(time.timeIntervalSince1970)
            time += duration.inSeconds
            return (before, Int(time.timeIntervalSince1970))
        }
        for second in before..<max(before, after) {
            serve()
            await script.withLock { $0.everySecond }?(self, second + 1 - 10_000)
        }
        await Task.yield()
    }

    /// One second of traffic, by the weights of the route of prod.
    private func serve() {
        guard let route = cluster.object("HTTPRoute", "harbour") else { return }
        let script = script.withLock { $0 }
        let backends = route[path: "spec", "rules"]?[0]?["backendRefs"]?.array ?? []
        let total = backends.reduce(0) { $0 + ($1["weight"]?.int ?? 1) }
        for backend in backends where total > 0 {
            let name = backend["name"]?.string ?? ""
            let isCanary = name.hasSuffix("-canary")
            let requests = script.perSecond * (backend["weight"]?.int ?? 1) / total
            let rate = isCanary ? script.canaryErrors : script.stableErrors
            let errors = rate > 0 ? random.withLock { $0.hits(requests, rate) } : 0
            let key = TrafficKey(
                route: "harbour-prod/harbour", backend: "harbour-prod/\(name)", app: "harbour", service: "ships",
                environment: "prod", release: "", commit: "", track: isCanary ? "canary" : "stable")
            counts.withLock { counts in
                var mine = counts[key] ?? TrafficCounts()
                mine.codes[200, default: 0] += UInt64(requests - errors)
                mine.codes[500, default: 0] += UInt64(errors)
                for _ in 0..<requests { mine.latency.record(microseconds: 4000) }
                counts[key] = mine
            }
        }
    }

    /// Runs a pipeline while `body` works with it.
    func play<Result: Sendable>(_ body: @escaping @Sendable (Pipeline) async throws -> Result) async throws -> Result {
        let pipeline = pipeline()
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await pipeline.run()
                return nil
            }
            group.addTask { try await body(pipeline) }
            while let result = try await group.next() {
                if let result {
                    group.cancelAll()
                    return result
                }
            }
            throw CancellationError()
        }
    }

    /// Delivers a commit and waits for its end.
    func deliver(_ digit: Character = "0", to target: String? = nil) async throws -> DeliveryRecord {
        try await play { pipeline in
            let id = try await pipeline.deliver(
                try Samples.revision(digit), to: try target.map { try Samples.name($0) }, actor: "ada")
            return try await Self.end(of: id, pipeline)
        }
    }

    static func end(of id: RunID, _ pipeline: Pipeline) async throws -> DeliveryRecord {
        for await _ in try await pipeline.follow(id) {}
        return try await pipeline.run(id)
    }

    /// Until the run has reached a state.
    static func wait(_ id: RunID, _ pipeline: Pipeline, until reached: (DeliveryState) -> Bool) async throws {
        while !reached(try await pipeline.run(id).state) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}

extension Stage: CommitSource, WorkflowRunning, ImageBuilding, ClusterAccess, TrafficSource, MetricQuerying,
    LogReading, IncidentReporting, SecretValues
{
    func revision(of app: AppName, at ref: String) async throws -> Revision { try Samples.revision() }

    func checkout(_ revision: Revision, to directory: String) async throws {
        try await fuse.burn()
        let script = script.withLock { $0 }
        let files = [
            "estiba.yml": script.file, "deploy/all.yaml": script.manifests, "services/ships/Dockerfile": "",
            "services/routes/Dockerfile": "", ".github/workflows/ci.yml": "", "e2e.yml": "",
        ]
        for (name, text) in files {
            let path = "\(directory)/\(name)"
            try FileManager.default.createDirectory(
                atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: URL(filePath: path))
        }
    }

    func run(_ order: WorkflowOrder, report: @escaping @Sendable (String) async -> Void) async throws -> WorkflowResult
    {
        orders.withLock { $0.append(order) }
        if order.key != "ci" {
            try await fuse.burn()
            if script.withLock({ $0.verificationHangs }) { try await Task.sleep(for: .seconds(86400)) }
            return script.withLock { $0.verification }
        }
        workflowRuns.withLock { $0 += 1 }
        try await fuse.burn()
        await report("job build")
        return script.withLock { $0.workflow }
    }

    func build(_ order: ImageOrder, report: @escaping @Sendable (String) async -> Void) async throws -> BuiltImage {
        try await fuse.burn()
        let script = script.withLock { $0 }
        if script.imageFails { throw TestFailure(text: "COPY missing: no such file") }
        let digit = order.revision.commit.first ?? "0"
        let digest = order.recipe.name == "ships" ? script.ships[digit] ?? "aa\(digit)" : "bb"
        return BuiltImage(
            reference: "registry/harbour/\(order.recipe.name)@sha256:\(digest)", bytes: 14_200_000, wasCached: false)
    }

    func value(_ name: String) async throws -> String {
        guard let value = script.withLock({ $0.secrets[name] }) else { throw TestFailure(text: "no secret \(name)") }
        return value
    }

    func client(kubeconfig: String?) async throws -> ClusterClient { cluster.client }
    func traffic() async -> [TrafficKey: TrafficCounts] { counts.withLock { $0 } }
    func value(of expression: String) async throws -> Double? { nil }
    func lines(of app: AppName, in environment: EnvironmentName, track: Track, after: Date, upTo: Date) async throws
        -> [String]
    { script.withLock { track == .canary ? $0.canaryLines : [] } }
    func report(_ incident: DeliveryIncident) async { incidents.withLock { $0.append(incident) } }
}

struct TestFailure: Error, CustomStringConvertible {
    let text: String
    var description: String { text }
}

enum TemporaryDirectory {
    static func make() -> String {
        let path = FileManager.default.temporaryDirectory.path + "/estiba-releases-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
