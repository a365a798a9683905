/// Judges the share of failed requests. Bad evidence adds up over the whole canary, good evidence has to be found
/// anew at each step.
package struct ErrorJudge: Sendable, Hashable, Codable {
    /// The probability to pass a step with a canary that is worse by `detect`, over all looks together.
    package static let beta = 0.05

    package let rule: ErrorRule
    /// Over the whole canary.
    package private(set) var total = PairedCounts()
    /// Of this step.
    package private(set) var step = PairedCounts()
    private var pending = PairedCounts()
    private var bad = HitEvidence()
    private var good: ClearingEvidence
    private var score = ExcessScore()
    private let failing: Double

    /// `failing`: the odds that fail the canary.
    package init(_ rule: ErrorRule, failing: Double = CanaryJudge.failing(judges: 1)) {
        self.rule = rule
        self.failing = failing
        good = ClearingEvidence(margin: rule.detect)
    }

    /// Adds what was counted on both tracks in one interval.
    package mutating func add(_ counts: PairedCounts) {
        total = total + counts
        step = step + counts
        // An interval needs requests on both sides; until then it goes on.
        pending = pending + counts
        guard pending.isPair else { return }
        bad.add(pending)
        good.add(pending)
        score.add(pending)
        pending = PairedCounts()
    }

    package mutating func beginStep() {
        step = PairedCounts()
        good = ClearingEvidence(margin: rule.detect)
    }

    /// `ratio`: stable requests for each canary request, as the route's weights have it. `isLast`: the time for a verdict
    /// is over.
    package func verdict(ratio: Double, isLast: Bool = false) -> Verdict {
        if bad.odds >= failing, score.difference > rule.tolerance {
            return Verdict(.fail, [seen(total) + odds])
        }
        let passing = 1 / Self.beta
        guard good.odds >= passing else {
            if let more = good.cleanRequests(to: passing, ratio: ratio) {
                let counted = "not enough traffic yet: \(step.canary) of \(step.canary + more) canary requests"
                return Verdict(.waiting, [seen(step) + counted + couldSee])
            }
            return Verdict(
                .waiting,
                [seen(step) + "still undecided between as good and worse by \(Wording.points(rule.detect))" + couldSee])
        }
        if total.canaryHits > 1, score.isSuspicious(beyond: rule.tolerance, isLast: isLast) {
            return Verdict(
                .waiting,
                [
                    seen(total) + "perhaps worse by \(Wording.points(score.difference)) "
                        + "(z \(fixed(score.z, decimals: 1)), "
                        + "beyond \(fixed(ExcessScore.limit(isLast: isLast), decimals: 1)) it is not passed), watched on; "
                        + odds
                ])
        }
        return Verdict(
            .pass,
            [
                seen(step) + "odds \(Wording.odds(good.odds)) to 1 that it is worse by less than "
                    + "\(Wording.points(rule.detect)), \(Wording.odds(passing)) pass it" + couldSee
            ])
    }

    /// The smallest excess of errors that the canary would have been failed for by now; nil where none would.
    package var revealed: Double? {
        // Half a hit more than there was: nothing seen does not mean that the rate is 0.
        let rate = (Double(total.stableHits) + 0.5) / (Double(total.stable) + 1)
        return Sensitivity.excess(canary: total.canary, stable: total.stable, rate: rate, failing: failing)
            .map { max($0, rule.tolerance) }
    }

    private var couldSee: String {
        revealed.map { "; so far +\(Wording.points($0)) would have been found" } ?? ""
    }

    private var odds: String {
        "odds \(Wording.odds(bad.odds)) to 1 that it is worse, \(Wording.odds(failing)) fail it where the excess is over "
            + Wording.points(rule.tolerance)
    }

    private func seen(_ counts: PairedCounts) -> String {
        "errors: canary \(Wording.share(counts.canaryHits, counts.canary)), "
            + "stable \(Wording.share(counts.stableHits, counts.stable)); "
    }
}
