package import Delivery

/// Where a run stands. Written down before each step, so that the run goes on from there after a crash.
///
/// After a restart: `workflow` and `images` begin anew (their scratch files are gone, the cache is not); in an
/// environment each phase is a set of objects to bring about, so it is simply brought about again.
package enum DeliveryState: Sendable, Hashable, Codable {
    /// Waits until the app's earlier run has built.
    case queued
    case workflow
    /// Artifact's name → directory.
    case images(artifacts: [String: String])
    case environment(EnvironmentName, EnvironmentPhase)
    case finished(DeliveryOutcome)

    /// Whether somebody has to work on it: it neither waits nor is it over.
    package var isActive: Bool {
        switch self {
        case .queued, .finished, .environment(_, .approval), .environment(_, .waiting): false
        default: true
        }
    }

    package var isFinished: Bool { if case .finished = self { true } else { false } }

    package var environment: EnvironmentName? { if case .environment(let name, _) = self { name } else { nil } }
}

/// Where a run stands in one environment.
package enum EnvironmentPhase: Sendable, Hashable, Codable {
    /// Waits for a person.
    case approval
    /// Waits until another run has left the environment.
    case waiting
    case planning
    /// All at once, by rolling updates.
    case installing
    /// The canary's objects come up; no traffic yet.
    case startingCanary
    case canary(CanaryStage)
    /// Stable takes the new release; the canary serves its share until then.
    case promoting
    /// The new release has all of the traffic, and can still go back.
    case watching(WatchStage)
    /// The new release serves; a workflow looks whether it does so rightly. `pods`: how many are ready.
    case verifying(pods: Int, isPromotion: Bool)
    /// Back to what was stable.
    case restoring(Setback)

    /// Whether anything in the environment may have been changed.
    package var hasTouched: Bool {
        switch self {
        case .approval, .waiting, .planning: false
        default: true
        }
    }
}

/// A step of a canary, with what the judge remembers.
package struct CanaryStage: Sendable, Hashable, Codable {
    /// From 0.
    package var step: Int
    /// Seconds for which this step has been watched.
    package var observed: Double
    package var memory: CanaryJudge.Memory

    package init(step: Int = 0, observed: Double = 0, memory: CanaryJudge.Memory = CanaryJudge.Memory()) {
        self.step = step
        self.observed = observed
        self.memory = memory
    }
}

/// The time after a promotion, with what is known by then.
package struct WatchStage: Sendable, Hashable, Codable {
    /// Pods that were ready at the promotion.
    package var pods: Int
    /// Seconds for which the release has been watched.
    package var observed = 0.0
    package var aftermath: Aftermath

    package init(pods: Int, aftermath: Aftermath) {
        self.pods = pods
        self.aftermath = aftermath
    }
}

/// Why a release came back.
package struct Setback: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable {
        /// The judge found it worse than stable.
        case badCanary
        /// Too little traffic for a verdict: no blame.
        case quietCanary
        /// Pods did not become ready, or the cluster refused objects.
        case failedDeployment
        /// The verification workflow found fault with it.
        case failedVerification
        /// A person stopped it.
        case aborted

        /// Whether it speaks against the release, in distinction to too little traffic or a person's word.
        package var isBlame: Bool {
            switch self {
            case .badCanary, .failedDeployment, .failedVerification: true
            case .quietCanary, .aborted: false
            }
        }
    }

    package var kind: Kind
    package var message: String
    package var evidence: [String]
    /// Who stopped it.
    package var actor: String

    package init(_ kind: Kind, _ message: String, evidence: [String] = [], actor: String = "estiba") {
        self.kind = kind
        self.message = message
        self.evidence = evidence
        self.actor = actor
    }
}

/// How a run ended.
package enum DeliveryOutcome: Sendable, Hashable, Codable {
    case succeeded
    /// Nothing of it was left in an environment. `stage`: `ci`, `images`, or an environment's name.
    case failed(stage: String, message: String, evidence: [String])
    case cameBack(EnvironmentName, Setback)
    case aborted(by: String)
    case superseded(by: RunID)
    case interrupted(message: String)

    package var isSuccess: Bool { self == .succeeded }

    /// One sentence for people.
    package var summary: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed(let stage, let message, _): "\(stage) failed: \(message)"
        case .cameBack(let environment, let setback): "came back from \(environment): \(setback.message)"
        case .aborted(let actor): "stopped by \(actor)"
        case .superseded(let run): "superseded by \(run)"
        case .interrupted(let message): "interrupted: \(message)"
        }
    }
}
