package import Gateway
import Glibc

/// Judges latency: is the canary slower than stable in the same seconds, as a whole or in its tail?
///
/// A canary's first seconds at a step are not held against it (`warmUp`), and a slowness that is still going away is
/// waited for. Evidence adds up over the whole canary.
package struct LatencyJudge: Sendable {
    /// The slowdown of all requests that a pass promises to have looked for.
    static let detect = 0.5
    private static let quantiles = [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)]

    package let rule: LatencyRule
    private let warmUp: Double
    private let failing: Double
    package private(set) var evidence: LatencyEvidence
    /// Of the last part of this step alone.
    private var recent = LatencyEvidence()
    private var recentSince: Double
    /// Of this step's first seconds, and of the seconds after them. The first ones never fail a canary, but they count for
    /// caution where they were no slower than the rest.
    private var early = LatencyScores()
    private var late = LatencyScores()
    /// The odds that the last part must have by itself: what was slow at first is no harm when it is gone.
    private static let stillSlow = 5.0
    /// Of this step, without its first seconds.
    private var canary = LatencyHistogram()
    private var stable = LatencyHistogram()
    /// Stable's requests of all steps before the interval under way.
    private var reference = LatencyHistogram()
    private var gauge: LatencyGauge?
    private var gaugedAt: UInt64 = 0
    private var pending = (canary: LatencyHistogram(), stable: LatencyHistogram())
    private var trend = SettlingTrend()
    private var observed = 0.0

    /// `warmUp`: seconds at the begin of each step that are left out. `failing`: the odds that fail the canary.
    package init(
        _ rule: LatencyRule, warmUp: Double = 30, failing: Double = CanaryJudge.failing(judges: 1),
        evidence: LatencyEvidence = LatencyEvidence()
    ) {
        self.rule = rule
        self.warmUp = rule.warmUp ?? warmUp
        self.failing = failing
        self.evidence = evidence
        recentSince = self.warmUp
    }

    package mutating func beginStep() {
        if !wasCold { evidence.scores.add(early) }
        early = LatencyScores()
        late = LatencyScores()
        canary = LatencyHistogram()
        stable = LatencyHistogram()
        trend = SettlingTrend()
        recent = LatencyEvidence()
        recentSince = warmUp
        observed = 0
    }

    /// Adds what both tracks answered in one interval. `observed`: seconds since the step began.
    package mutating func add(canary: LatencyHistogram, stable: LatencyHistogram, observed: Double) {
        self.observed = observed
        let isWarm = observed > warmUp
        if isWarm {
            self.canary.add(canary)
            self.stable.add(stable)
        }
        pending.canary.add(canary)
        pending.stable.add(stable)
        guard pending.canary.count > 0, pending.stable.count > 0 else { return }
        if let gauge {
            let scores = LatencyScores(canary: pending.canary, stable: pending.stable, gauge)
            trend.add(scores.rank, at: observed)
            if !isWarm { early.add(scores) }
            if isWarm {
                late.add(scores)
                evidence.scores.add(scores)
                if observed > 1.5 * recentSince { (recent, recentSince) = (LatencyEvidence(), observed) }
                evidence.add(canary: pending.canary, stable: pending.stable, gauge)
                recent.add(canary: pending.canary, stable: pending.stable, gauge)
            }
        }
        reference.add(pending.stable)
        pending = (LatencyHistogram(), LatencyHistogram())
        // The limits follow when a tenth more has been seen; they never depend on what they judge.
        if reference.count >= LatencyGauge.least, reference.count >= gaugedAt + gaugedAt / 10 {
            gauge = LatencyGauge(reference)
            gaugedAt = reference.count
        }
    }

    /// `ratio`: stable requests for each canary request. `isLast`: the time for a verdict is over.
    package func verdict(ratio: Double, isLast: Bool = false) -> Verdict {
        if evidence.odds(p50: isSlower(0.5), p95: isSlower(0.95), p99: isSlower(0.99)) >= failing {
            let isSettling = recent.odds < Self.stillSlow || trend.isSettling(at: observed)
            guard observed > SettlingTrend.patience || !isSettling else {
                return Verdict(.waiting, ["latency: slower, but less so than before: still warming up; " + quantiles])
            }
            return Verdict(.fail, ["latency: " + quantiles + "; " + odds])
        }
        guard observed > warmUp else {
            return Verdict(.waiting, ["latency: the first \(trimmed(warmUp, decimals: 0)) s of a step are not judged"])
        }
        let needed = needed(ratio: ratio)
        guard let needed, canary.count >= needed, stable.count >= LatencyGauge.least else {
            let of = needed.map { " of \($0)" } ?? ""
            return Verdict(
                .waiting, ["latency: not enough traffic yet: \(canary.count)\(of) canary requests" + couldSee])
        }
        if let suspicion = suspicion(isLast: isLast) {
            return Verdict(.waiting, ["latency: perhaps slower (\(suspicion)), watched on; " + quantiles + "; " + odds])
        }
        return Verdict(.pass, ["latency: " + quantiles + couldSee])
    }

    // MARK: Questions

    /// Whether the canary was slower in the step's first seconds than it is since, by more than chance.
    private var wasCold: Bool {
        let drop = early.rank.difference - late.rank.difference
        let error = (early.rank.error * early.rank.error + late.rank.error * late.rank.error).squareRoot()
        return drop > 1.28 * error
    }

    /// Whether the canary's quantile lies above stable's by more than is let go.
    private func isSlower(_ quantile: Double) -> Bool {
        guard let mine = canary.quantile(quantile), let other = stable.quantile(quantile) else { return false }
        return mine > other * (1 + rule.ratio) && mine > other + rule.milliseconds * 1000
    }

    /// More slowness than chance would give at this look: not enough to fail, but too much to pass.
    private func suspicion(isLast: Bool) -> String? {
        guard let gauge else { return nil }
        let curve = LatencyCurve(reference)
        /// What is let go at a quantile, as a ratio.
        func ratio(_ quantile: Double) -> Double {
            max(rule.ratio, rule.milliseconds * 1000 / max(1, reference.quantile(quantile) ?? 1))
        }
        func excess(_ quantile: Double) -> Double {
            let time = reference.quantile(quantile) ?? 0
            return curve.share(beyond: time / (1 + ratio(quantile))) - (1 - quantile)
        }
        var scores = evidence.scores
        if !wasCold { scores.add(early) }
        let named = [
            ("whole", scores.rank, gauge.rankDifference(curve, slowerBy: ratio(0.5))),
            ("p95", scores.p95, excess(0.95)), ("p99", scores.p99, excess(0.99)),
        ]
        for (name, score, tolerance) in named where score.isSuspicious(beyond: tolerance, isLast: isLast) {
            let limit = fixed(ExcessScore.limit(isLast: isLast), decimals: 1)
            return "\(name) z \(fixed(score.z, decimals: 1)), beyond \(limit) it is not passed"
        }
        return nil
    }

    /// How many canary requests a step needs to have looked for `detect`; nil while stable's latency is not known.
    private func needed(ratio: Double) -> UInt64? {
        guard reference.count >= LatencyGauge.least, let median = reference.quantile(0.5) else { return nil }
        let excess = LatencyCurve(reference).share(beyond: median / (1 + Self.detect)) - 0.5
        guard excess > 0 else { return nil }
        let one = Sensitivity.evidenceOfOne(rate: 0.5, excess: excess, ratio: max(ratio, 0.01))
        return UInt64(min(1e9, (Sensitivity.evidence(failing: failing) / one).rounded(.up)))
    }

    /// By how much all requests would have had to be slower to be found at a quantile by now, for instance 0.12.
    package func revealed(_ quantile: Double) -> Double? {
        guard let here = reference.quantile(quantile), here > 0,
            let excess = Sensitivity.excess(
                canary: Int(clamping: canary.count), stable: Int(clamping: stable.count), rate: 1 - quantile,
                failing: failing),
            let faster = reference.quantile(quantile - excess), faster > 0
        else { return nil }
        return max(here / faster - 1, rule.ratio)
    }

    /// Stable's latency over all steps, in microseconds; nil while too little of it was seen.
    func stableQuantile(_ quantile: Double) -> Double? {
        reference.count >= LatencyGauge.least ? reference.quantile(quantile) : nil
    }

    // MARK: Words

    private var couldSee: String {
        let found = Self.quantiles.compactMap { name, quantile in
            revealed(quantile).map { "+\(Wording.percent($0)) at \(name)" }
        }
        return found.isEmpty ? "" : "; so far \(found.joined(separator: ", ")) would have been found"
    }

    private var odds: String {
        "odds \(Wording.odds(evidence.odds)) to 1 that it is slower, \(Wording.odds(failing)) fail it where a quantile is "
            + "over by \(Wording.percent(rule.ratio)) and \(trimmed(rule.milliseconds, decimals: 1)) ms"
    }

    /// `p50 41 ms (40–42) against 40 ms (40–41), …`
    private var quantiles: String {
        Self.quantiles.map { name, quantile in
            "\(name) \(value(canary, quantile)) against \(value(stable, quantile))"
        }.joined(separator: ", ")
    }

    private func value(_ histogram: LatencyHistogram, _ quantile: Double) -> String {
        guard let limits = QuantileLimits(histogram, quantile) else {
            return Wording.milliseconds(histogram.quantile(quantile))
        }
        return "\(Wording.milliseconds(histogram.quantile(quantile))) "
            + "(\(trimmed(limits.lower / 1000, decimals: 1))–\(trimmed(limits.upper / 1000, decimals: 1)))"
    }
}
