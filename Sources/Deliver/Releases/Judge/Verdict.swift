/// What the judge says at one look, with its arithmetic.
package struct Verdict: Sendable, Hashable, Codable {
    package enum Outcome: String, Sendable, Hashable, Codable {
        /// Good, with enough traffic to mean it.
        case pass
        /// The canary is worse.
        case fail
        /// Not enough to say either.
        case waiting
    }

    package var outcome: Outcome
    /// Sentences that a person can check, the deciding one first.
    package var reasons: [String]

    package init(_ outcome: Outcome, _ reasons: [String]) {
        self.outcome = outcome
        self.reasons = reasons
    }

    /// All must pass; one that fails is enough.
    package static func all(_ verdicts: [Verdict]) -> Verdict {
        let outcome: Outcome =
            verdicts.contains { $0.outcome == .fail }
            ? .fail : verdicts.isEmpty || verdicts.contains { $0.outcome == .waiting } ? .waiting : .pass
        let deciding = verdicts.filter { $0.outcome == outcome }.flatMap(\.reasons)
        return Verdict(outcome, deciding + verdicts.filter { $0.outcome != outcome }.flatMap(\.reasons))
    }
}
