/// Judges the share of failed requests. Bad evidence adds up over the whole canary, good evidence has to be found
/// anew at each step.
package struct ErrorJudge: Sendable, Hashable, Codable {
    /// The probability to fail a canary that is no worse, over all looks together.
    package static let alpha = 0.01
    /// The probability to pass a step with a canary that is worse by `detect`, over all looks together.
    package static let beta = 0.05

    package let rule: ErrorRule
    /// Over the whole canary.
    package private(set) var total = PairedCounts()
    /// Of this step.
    package private(set) var step = PairedCounts()
    private var bad: SequentialComparison
    private var good: SequentialComparison
    private let alpha: Double

    /// `judges`: how many services are judged at once; they share the error bound.
    package init(_ rule: ErrorRule, judges: Int = 1) {
        self.rule = rule
        alpha = Self.alpha / Double(max(1, judges))
        bad = SequentialComparison(against: .notWorse, margin: rule.tolerance)
        good = SequentialComparison(against: .worse, margin: rule.detect)
    }

    package mutating func add(_ counts: PairedCounts) {
        total = total + counts
        step = step + counts
        bad.add(counts)
        good.add(counts)
    }

    package mutating func beginStep() {
        step = PairedCounts()
        good = SequentialComparison(against: .worse, margin: rule.detect)
    }

    /// `ratio`: stable requests for each canary request, as the route's weights have it.
    package func verdict(ratio: Double) -> Verdict {
        let failing = 1 / alpha
        let passing = 1 / Self.beta
        if bad.odds >= failing {
            return Verdict(
                .fail,
                [
                    "errors: canary \(share(total.canaryHits, total.canary)), stable \(share(total.stableHits, total.stable)); "
                        + "odds \(odds(bad.odds)) to 1 that it is worse by more than \(points(rule.tolerance)), \(odds(failing)) fail it"
                ])
        }
        let seen =
            "errors: canary \(share(step.canaryHits, step.canary)), stable \(share(step.stableHits, step.stable)); "
        if good.odds >= passing {
            return Verdict(
                .pass,
                [
                    seen
                        + "odds \(odds(good.odds)) to 1 that it is worse by less than \(points(rule.detect)), \(odds(passing)) pass it"
                ])
        }
        guard let more = good.cleanRequests(to: passing, ratio: ratio) else {
            return Verdict(
                .waiting,
                [seen + "still undecided between worse by \(points(rule.tolerance)) and by \(points(rule.detect))"])
        }
        return Verdict(
            .waiting, [seen + "not enough traffic yet: \(step.canary) of \(step.canary + more) canary requests"])
    }

    private func share(_ hits: Int, _ total: Int) -> String {
        total == 0 ? "0 of 0" : "\(hits) of \(total) (\(fixed(Double(hits) / Double(total) * 100, decimals: 2)) %)"
    }

    private func odds(_ value: Double) -> String {
        value >= 1e6 ? "over 1000000" : trimmed(value, decimals: value < 10 ? 1 : 0)
    }

    private func points(_ value: Double) -> String {
        let text = trimmed(value * 100, decimals: 2)
        return text + (text == "1" ? " point" : " points")
    }
}
