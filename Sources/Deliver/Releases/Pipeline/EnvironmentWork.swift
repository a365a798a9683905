import Delivery
import FoundationEssentials
import Gateway
import Kube
import Problems

/// What one run does in one environment: brings sets of objects about, and watches. Every step may be repeated.
struct EnvironmentWork: Sendable {
    let app: AppName
    let plan: EnvironmentPlan
    let client: ClusterClient
    let candidate: RenderedSet
    /// What serves; nil before the first release.
    let stable: RenderedSet?
    let ports: PipelinePorts
    let clock: PipelineClock
    /// What people have asked of the run since.
    let orders: @Sendable () async -> Orders
    let report: @Sendable (StageStatus, String, CanaryLook?) async -> Void

    struct Orders: Sendable {
        var abort: DeliveryRecord.Order?
        var promote: DeliveryRecord.Order?
    }

    /// A person stopped the run.
    struct Aborted: Error {
        let order: DeliveryRecord.Order
    }

    var applier: ObjectApplier { ObjectApplier(client, namespace: candidate.namespace) }
    var canary: CanaryRendering? { stable.map { CanaryRendering(stable: $0, candidate: candidate) } }

    /// `ships changed (image), routes unchanged`: what the deployment will do.
    var summaryOfChanges: String {
        guard let stable else {
            return "first release here: " + candidate.workloads.keys.sorted().joined(separator: ", ")
        }
        let parts = candidate.workloads.sorted { $0.key < $1.key }.map { name, provenance -> String in
            guard let earlier = stable.workloads[name] else { return "\(name) new" }
            return earlier.fingerprint == provenance.fingerprint ? "\(name) unchanged" : "\(name) changed"
        }
        let gone = stable.workloads.keys.filter { candidate.workloads[$0] == nil }.sorted().map { "\($0) removed" }
        return (parts + gone).joined(separator: ", ")
    }

    /// Brings a set about as the stable one: configuration, pods, and when these are ready services, routes; then takes
    /// away what doesn't belong to it, unless that may still be needed. Returns the number of pods that are ready.
    func install(_ set: RenderedSet, prunes: Bool = true) async throws -> Int {
        try await applier.ensureNamespace(labels: [Labels.app: app.value, Labels.env: plan.name.value])
        let present = Set(try await applier.applied(app: app))
        try await apply(set) { stage, key in
            stage == .configuration || (stage == .service && !present.contains(key))
        }
        var pods = 0
        for wave in try WorkloadOrder.waves(set.objects) {
            try await apply(set) { _, key in wave.contains(key) }
            pods += try await waitUntilReady(wave.filter { $0.kind == "Deployment" }.map(\.name))
            pods += try await waitForSets(wave.filter { $0.kind == "StatefulSet" }.map(\.name))
        }
        try await apply(set) { stage, _ in stage == .service }
        try await apply(set) { stage, _ in stage == .route }
        if prunes { try await prune(set) }
        return pods
    }

    /// Takes away what doesn't belong to a set, once nothing is under way in it any more.
    func prune(_ set: RenderedSet) async throws {
        if Set(try await applier.applied(app: app)).isSubset(of: set.keys) { return }
        try await drain()
        try await applier.prune(app: app, keeping: set.keys)
    }

    /// Back to the stable set. Traffic first: the routes are set back before anything else is touched.
    func restore() async throws {
        guard let stable else {
            try await applier.prune(app: app, keeping: [])
            return
        }
        try await apply(stable) { stage, _ in stage == .route }
        try await drain()
        _ = try await install(stable)
    }

    func apply(_ set: RenderedSet, _ include: (KnownKinds.Stage, ObjectKey) -> Bool) async throws {
        for object in set.objects {
            let key = ObjectKey(object)
            if let entry = KnownKinds.entry(kind: key.kind), include(entry.stage, key) {
                try await applier.apply(object)
            }
        }
    }

    /// Lets the gateway take up changed routes, and the canary end the requests that it has begun.
    func drain() async throws {
        try await clock.sleep(.seconds(1))
        for _ in 0..<20 {
            let inFlight = await ports.traffic.traffic().reduce(0) { sum, entry in
                isMine(entry.key) && entry.key.track == Track.canary.rawValue ? sum + max(0, entry.value.inFlight) : sum
            }
            if inFlight == 0 { return }
            try await clock.sleep(.milliseconds(500))
        }
    }

    func isMine(_ key: TrafficKey) -> Bool { key.app == app.value && key.environment == plan.name.value }

    // MARK: Readiness

    /// Waits until all of these Deployments serve their newest template.
    ///
    /// - Throws: `ReleasesProblem.notReady` with the last log lines and events; `Aborted` if a person stops the run.
    func waitUntilReady(_ names: [String]) async throws -> Int {
        let start = clock.now()
        var ready: [String: Int] = [:]
        while true {
            for name in names where ready[name] == nil {
                let deployment: Deployment
                do { deployment = try await client.get(Deployment.self, name, in: candidate.namespace) } catch let
                    problem as ClusterProblem where problem.category == .unavailable
                {
                    try check(start, limit: 120, name, problem.summary)
                    continue
                }
                if case .ready(let pods) = Readiness.of(deployment, pods: []) {
                    ready[name] = pods
                    continue
                }
                try await examine(deployment, start)
            }
            if ready.count == names.count { return ready.values.reduce(0, +) }
            if let order = await orders().abort { throw Aborted(order: order) }
            let waited = clock.now().timeIntervalSince(start)
            try await clock.sleep(waited < 5 ? .milliseconds(100) : .milliseconds(500))
        }
    }

    /// Waits until all of these StatefulSets serve their newest template.
    private func waitForSets(_ names: [String]) async throws -> Int {
        let start = clock.now()
        var ready = 0
        for name in names {
            let path = ResourceType(group: "apps", kind: "StatefulSet", plural: "statefulsets")
                .path(namespace: candidate.namespace, name: name)
            waiting: while true {
                let set = try await client.json("GET", path)
                switch Readiness.of(statefulSet: set) {
                case .ready(let pods):
                    ready += pods
                    break waiting
                case .waiting(let why), .failed(let why):
                    // Sets change one pod after the other, so each may take its time.
                    let limit = 120 * Double(max(1, set[path: "spec", "replicas"]?.int ?? 1))
                    try check(start, limit: limit, name, why)
                }
                if let order = await orders().abort { throw Aborted(order: order) }
                try await clock.sleep(.milliseconds(500))
            }
        }
        return ready
    }

    private func examine(_ deployment: Deployment, _ start: Date) async throws {
        let pods = try await self.pods(of: deployment)
        switch Readiness.of(deployment, pods: pods) {
        case .ready: return
        case .failed(let why):
            throw ReleasesProblem.notReady(workload: deployment.name, why: why, evidence: await evidence(pods))
        case .waiting(let why):
            // 600 is what an API server fills in where the manifest says nothing.
            let limit = Double(deployment.spec.progressDeadlineSeconds.flatMap { $0 == 600 ? nil : $0 } ?? 120)
            if clock.now().timeIntervalSince(start) >= limit {
                throw ReleasesProblem.notReady(
                    workload: deployment.name, why: "\(why) after \(DurationText.format(.seconds(limit)))",
                    evidence: await evidence(pods))
            }
        }
    }

    private func check(_ start: Date, limit: Double, _ name: String, _ why: String) throws {
        if clock.now().timeIntervalSince(start) >= limit {
            throw ReleasesProblem.notReady(workload: name, why: why, evidence: [])
        }
    }

    private func evidence(_ pods: [Pod]) async -> [String] {
        await FailureEvidence(client: client, namespace: candidate.namespace).gather(pods)
    }

    /// The pods of a Deployment's newest template.
    func pods(of deployment: Deployment) async throws -> [Pod] {
        let pods = try await client.list(Pod.self, in: candidate.namespace, labels: deployment.spec.selector.query)
            .items
        let release = deployment.spec.template.metadata?.labels?[Labels.release]
        return pods.filter { release == nil || $0.metadata.labels?[Labels.release] == release }
    }
}
