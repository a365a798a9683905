package import Delivery
package import FoundationEssentials

/// A release that serves, or served, in an environment.
package struct Deployed: Sendable, Hashable, Codable {
    package var release: ReleaseID
    package var run: RunID
    /// Seven digits.
    package var commit: String
    package var since: Date
    /// Deployment's name → where its pods come from.
    package var workloads: [String: Provenance]
    /// Secret of the sealed store → its name in the cluster.
    package var secrets: [String: String]?

    package init(
        release: ReleaseID, run: RunID, commit: String, since: Date, workloads: [String: Provenance],
        secrets: [String: String]? = nil
    ) {
        self.release = release
        self.run = run
        self.commit = commit
        self.since = since
        self.workloads = workloads
        self.secrets = secrets
    }
}

/// What an environment holds: one stable release, and those that were stable before it.
package struct EnvironmentState: Sendable, Hashable, Codable {
    package var app: AppName
    package var name: EnvironmentName
    package var stable: Deployed?
    /// Newest first, each release once.
    package var earlier: [Deployed]
    /// The branch (`refs/heads/…`) whose environment it is; nil for those of the delivery file.
    package var preview: String?

    package init(app: AppName, name: EnvironmentName) {
        self.app = app
        self.name = name
        earlier = []
    }

    /// The state after a release became stable. Going back forgets what came after the release gone back to, so that
    /// going back again goes further back.
    package func installed(_ deployed: Deployed, isRollback: Bool) -> EnvironmentState {
        var next = self
        if isRollback, let index = earlier.firstIndex(where: { $0.release == deployed.release }) {
            next.earlier = Array(earlier[(index + 1)...])
        } else if let stable, stable.release != deployed.release {
            next.earlier = [stable] + earlier.filter { $0.release != stable.release && $0.release != deployed.release }
            next.earlier = Array(next.earlier.prefix(50))
        }
        next.stable = deployed
        return next
    }
}
