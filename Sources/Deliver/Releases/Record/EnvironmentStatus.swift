package import Delivery
package import FoundationEssentials

/// What an environment holds and what is under way in it.
package struct EnvironmentStatus: Sendable, Hashable, Codable {
    package var app: AppName
    package var name: EnvironmentName
    package var stable: Deployed?
    /// The stable release itself.
    package var release: Release?
    /// The release to which `rollback` goes by default.
    package var previous: ReleaseID?
    package var underWay: UnderWay?
    /// The branch (`refs/heads/…`) whose environment it is; nil for those of the delivery file.
    package var preview: String?
    /// Why nothing new may begin here.
    package var freeze: Freeze?
    /// What is no longer as the stable release has it; nil for nothing.
    package var drift: [Drift]?

    init(app: AppName, name: EnvironmentName, state: EnvironmentState?) {
        self.app = app
        self.name = name
        stable = state?.stable
        preview = state?.preview
        previous = state?.earlier.first?.release
    }

    /// A run in the environment.
    package struct UnderWay: Sendable, Hashable, Codable {
        package var run: RunID
        package var release: ReleaseID?
        package var commit: String
        package var author: String
        /// `approval`, `waiting`, `planning`, `installing`, `startingCanary`, `canary`, `promoting`, `verifying`,
        /// `watching`, `restoring`
        package var phase: String
        /// The last line of progress here.
        package var detail: String
        package var since: Date?
        /// Of whom one must agree, while the phase is `approval`.
        package var approvers: [String]
        package var look: CanaryLook?
        /// What the environment's gates say, while the run waits.
        package var gates: [GateState]?

        init(_ record: DeliveryRecord, look: CanaryLook?, gates: [GateState]? = nil) {
            self.gates = gates
            run = record.id
            release = record.release
            commit = record.revision.shortCommit
            author = record.revision.authorName
            let stage = record.stages.last
            detail = stage?.detail ?? ""
            since = stage?.startedAt
            approvers = []
            switch record.state {
            case .environment(let name, let phase):
                self.phase = phase.name
                if phase == .approval { approvers = record.file?.environment(name)?.approvers ?? [] }
                if case .canary = phase { self.look = look }
            case .queued, .workflow, .images, .finished: self.phase = "elsewhere"
            }
        }
    }
}

extension EnvironmentPhase {
    /// One word for programs.
    package var name: String {
        switch self {
        case .approval: "approval"
        case .waiting: "waiting"
        case .planning: "planning"
        case .installing: "installing"
        case .startingCanary: "startingCanary"
        case .canary: "canary"
        case .promoting: "promoting"
        case .watching: "watching"
        case .verifying: "verifying"
        case .restoring: "restoring"
        }
    }
}
