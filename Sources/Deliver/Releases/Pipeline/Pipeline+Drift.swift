package import Delivery
import FoundationEssentials
import Kube
import Logging
import Problems
import ServiceLifecycle
import Store

extension Pipeline {
    /// Compares what is in the clusters with what the stable releases say, in environments where no run is at work.
    /// What is new goes to the Journal.
    package func lookForDrift() async {
        do {
            try await load()
            for state in try await store.environments() where !isBusy(state) {
                do { try await lookForDrift(state) } catch {
                    logger.warning(
                        "drift can't be looked for",
                        metadata: ["app": "\(state.app)", "environment": "\(state.name)", "error": "\(brief(error))"])
                }
            }
        } catch { logger.warning("drift can't be looked for", metadata: ["error": "\(brief(error))"]) }
    }

    /// What differs in an environment, as it was seen last.
    func drift(of app: AppName, _ environment: EnvironmentName) -> [Drift] {
        drifts[EnvironmentKey(app: app, name: environment)] ?? []
    }

    private func isBusy(_ state: EnvironmentState) -> Bool {
        records.values.contains { $0.id.app == state.app && $0.state.environment == state.name && $0.state.isActive }
    }

    private func lookForDrift(_ state: EnvironmentState) async throws {
        guard let deployed = state.stable, let content = try await store.content(deployed.release) else { return }
        let plan = content.file.environment(state.name) ?? EnvironmentPlan(name: state.name)
        let client = try await ports.clusters.client(kubeconfig: plan.kubeconfig)
        let desired = try await stableSet(state, content, deployed, client)
        var live: [ObjectKey: JSON] = [:]
        for object in desired.objects {
            let key = ObjectKey(object)
            guard let resource = KnownKinds.entry(kind: key.kind)?.resource else { continue }
            do {
                live[key] = try await client.json("GET", resource.path(namespace: desired.namespace, name: key.name))
            } catch let problem as ClusterProblem where problem.isNotFound {}
        }
        // A run may have begun meanwhile, and then the difference is its doing.
        let now = try await store.environment(state.app, state.name)
        guard !isBusy(state), now.stable == state.stable else { return }
        try await tell(Drift.between(desired.objects, live, own: client.manager), state, deployed)
    }

    private func tell(_ found: [Drift], _ state: EnvironmentState, _ deployed: Deployed) async throws {
        let key = EnvironmentKey(app: state.app, name: state.name)
        let before = try await driftBefore(key)
        drifts[key] = found
        let summaries = found.map(\.summary)
        guard summaries != before else { return }
        try await journal.record(
            found.isEmpty ? .driftGone : .driftFound, app: state.app, release: deployed.release,
            environment: state.name, commit: deployed.commit, actor: found.first?.manager ?? "estiba",
            message: found.isEmpty
                ? "\(state.name) is again as \(deployed.release) has it" : summaries.joined(separator: "; "),
            detail: ["drift": summaries.joined(separator: "\n")])
    }

    /// What was said last; after a restart the Journal knows it.
    private func driftBefore(_ key: EnvironmentKey) async throws -> [String] {
        if let known = drifts[key] { return known.map(\.summary) }
        let filter = Journal.Filter(app: key.app, environment: key.name, kinds: [.driftFound, .driftGone])
        let last = try await journal.events(filter, limit: 1).first
        return last?.detail["drift"]?.split(separator: "\n").map(String.init) ?? []
    }
}

/// Names an environment of an app.
struct EnvironmentKey: Sendable, Hashable {
    let app: AppName
    let name: EnvironmentName
}

/// Looks for drift again and again.
package struct DriftWatch: ServiceLifecycle.Service {
    private let pipeline: Pipeline
    private let interval: Duration

    package init(pipeline: Pipeline, interval: Duration = .seconds(30)) {
        self.pipeline = pipeline
        self.interval = interval
    }

    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try await Task.sleep(for: interval)
                await pipeline.lookForDrift()
            }
        }
    }
}

extension DeliveryEvent.Kind {
    package static let driftFound = Self(rawValue: "drift.found")
    package static let driftGone = Self(rawValue: "drift.gone")
}
