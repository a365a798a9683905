package import Delivery
import FoundationEssentials
import Kube
import Store

/// Environments of branches.
extension Pipeline {
    /// Starts the delivery of a branch into an environment of its own, which is made if it is new.
    package func preview(_ revision: Revision, actor: String) async throws -> RunID {
        try await load()
        let states = try await store.environments().filter { $0.app == revision.app }
        let name: EnvironmentName
        if let known = states.first(where: { $0.preview == revision.ref }) {
            name = known.name
        } else {
            var taken = Set(states.map(\.name.value))
            if let newest = try await newestRelease(revision.app), let content = try await store.content(newest.id) {
                taken.formUnion(content.file.environments.map(\.name.value))
            }
            guard let free = PreviewPlan.name(of: Self.branch(revision.ref), taken: taken) else {
                throw ReleasesProblem.unknownEnvironment(revision.ref, known: [])
            }
            name = free
            var state = EnvironmentState(app: revision.app, name: name)
            state.preview = revision.ref
            try await store.save(state)
        }
        if let same = records.values.first(where: {
            $0.id.app == revision.app && $0.preview == name && $0.revision.commit == revision.commit
        }) {
            return same.id
        }
        return try await begin(.delivery, revision, to: nil, actor: actor, preview: name)
    }

    /// The environments that branches have: name → ref.
    package func previews(_ app: AppName) async throws -> [EnvironmentName: String] {
        try await store.environments().filter { $0.app == app }.reduce(into: [:]) { $0[$1.name] = $1.preview }
    }

    /// Takes away a branch's environment with all that is in it. False while a run still has to stop there; then it has to be
    /// asked for again.
    package func removePreview(_ app: AppName, _ environment: EnvironmentName, actor: String = "estiba") async throws
        -> Bool
    {
        try await load()
        let state = try await store.environment(app, environment)
        guard let ref = state.preview else { return true }
        let runs = records.values.filter {
            $0.id.app == app && ($0.preview == environment || $0.state.environment == environment)
        }
        for record in runs where record.abort == nil { try await abort(record.id, actor: actor) }
        guard !records.values.contains(where: { $0.id.app == app && $0.preview == environment }) else { return false }
        let client = try await ports.clusters.client(kubeconfig: nil)
        do {
            try await client.delete(Namespace.self, Rendering.namespace(app: app, environment: environment))
        } catch let problem as ClusterProblem where problem.isNotFound {}
        try await store.removeEnvironment(app, environment)
        drifts[EnvironmentKey(app: app, name: environment)] = nil
        try await journal.record(
            .previewRemoved, app: app, environment: environment, actor: actor,
            message: "\(environment) is removed with its branch \(Self.branch(ref))")
        return true
    }

    /// The newest release that is not a branch's.
    func newestRelease(_ app: AppName) async throws -> Release? {
        let newest = try await store.releases(app: app, limit: 200)
        return newest.first { $0.preview == nil } ?? newest.first
    }

    /// `feature/login` for `refs/heads/feature/login`.
    static func branch(_ ref: String) -> String {
        ref.hasPrefix("refs/heads/") ? String(ref.dropFirst("refs/heads/".count)) : ref
    }
}

extension DeliveryEvent.Kind {
    package static let previewRemoved = Self(rawValue: "preview.removed")
}

extension DeliveryEvent {
    /// In the detail of `deploy.started`: the environment is a branch's.
    static let preview = "preview"
}
