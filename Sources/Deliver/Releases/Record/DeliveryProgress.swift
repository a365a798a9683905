package import Delivery
package import FoundationEssentials

/// One line of a run's progress, for the command line and the console. Later lines of a stage replace earlier ones.
package struct DeliveryProgress: Sendable, Hashable, Codable {
    package var run: RunID
    /// Counts up from 1 within a run.
    package var sequence: Int
    package var at: Date
    /// `ci`, `images`, an environment's name, or `run` for the run itself.
    package var stage: String
    package var status: StageStatus
    package var detail: String
    /// How long the stage took, when it is over.
    package var seconds: Double?
    package var canary: CanaryLook?
    /// The last log lines and events of a failure.
    package var evidence: [String]
    /// Set on the last line of a run.
    package var outcome: DeliveryOutcome?
}

/// What one look at a canary showed.
package struct CanaryLook: Sendable, Hashable, Codable {
    /// The canary's share of the traffic in percent.
    package var weight: Double
    /// From 1.
    package var step: Int
    package var steps: Int
    /// Requests and errors since the step began.
    package var counts: PairedCounts
    /// Milliseconds since the step began; nil without requests.
    package var canaryP95: Double?
    package var stableP95: Double?
    /// Seconds for which the step has been watched.
    package var observed: Double
    package var verdict: Verdict
}
