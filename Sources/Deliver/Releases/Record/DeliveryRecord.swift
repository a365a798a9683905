package import Delivery
package import FoundationEssentials

/// Everything that is known of a run.
package struct DeliveryRecord: Sendable, Hashable, Codable {
    /// What a run is for.
    package enum Kind: Sendable, Hashable, Codable {
        /// A commit through the whole pipeline.
        case delivery
        /// A release that exists, into one environment, with its gates and canary.
        case promotion(ReleaseID)
        /// A release that was there before, into one environment, at once.
        case rollback(ReleaseID)
    }

    /// Something that a person asked of a run under way.
    package struct Order: Sendable, Hashable, Codable {
        package var actor: String
        package var at: Date
        /// `console`, `chat` or `api`; nil where it isn't known.
        package var origin: String?
    }

    package var id: RunID
    package var kind: Kind
    package var revision: Revision
    /// The last environment to go to; nil for all.
    package var target: EnvironmentName?
    package var actor: String
    package var createdAt: Date
    package var state: DeliveryState
    package var release: ReleaseID?
    package var file: DeliveryFile?
    package var stages: [StageRecord]
    package var abort: Order?
    package var promote: Order?
    /// Environment's name → who agreed.
    package var approvals: [String: Order]
    /// What stable did before the promotion under way.
    package var lastEvidence: LastEvidence?
    /// Environment's name → since when an approval is waited for.
    package var askedAt: [String: Date]?
    /// The environment of the branch that is delivered; nil on the main line.
    package var preview: EnvironmentName?
    /// The gate other than an approval that was last said to keep the run.
    package var keptBy: GateState?
    /// Environment's name → Secret of the sealed store → its name in the cluster.
    package var secrets: [String: [String: String]]?
    /// Counts the changes of this record.
    package var version = 0

    package init(
        id: RunID, kind: Kind, revision: Revision, target: EnvironmentName?, actor: String, createdAt: Date
    ) {
        self.id = id
        self.kind = kind
        self.revision = revision
        self.target = target
        self.actor = actor
        self.createdAt = createdAt
        state = .queued
        stages = []
        approvals = [:]
    }

    /// Where the run goes after an environment, or at first for nil; nil where it has arrived.
    package func environment(after current: EnvironmentName?) -> EnvironmentPlan? {
        guard kind == .delivery else { return current == nil ? target.flatMap { file?.environment($0) } : nil }
        if let preview { return current == nil ? file?.environment(preview) : nil }
        let all = file?.environments ?? []
        if let current, current == target { return nil }
        guard let current else { return all.first }
        guard let index = all.firstIndex(where: { $0.name == current }), index + 1 < all.count else { return nil }
        return all[index + 1]
    }

    /// The state in which the run enters an environment. Going back needs no approval.
    package func entry(_ plan: EnvironmentPlan) -> DeliveryState {
        if case .rollback = kind { return .environment(plan.name, .waiting) }
        return .environment(plan.name, plan.approvers.isEmpty ? .waiting : .approval)
    }
}

/// A stage of a run, with its times.
package struct StageRecord: Sendable, Hashable, Codable {
    /// `ci`, `images`, or an environment's name.
    package var name: String
    package var status: StageStatus
    package var detail: String
    package var startedAt: Date
    package var endedAt: Date?

    /// Seconds; nil while it lasts.
    package var seconds: Double? { endedAt.map { $0.timeIntervalSince(startedAt) } }
}

/// How a stage stands.
package enum StageStatus: String, Sendable, Hashable, Codable {
    case running
    /// For a person, for traffic, or for another run.
    case waiting
    case ok
    case failed
    case aborted
}
