package import Gateway

/// Judges latency: first whether the canary is slower at all (a rank test), then whether it matters (quantiles).
///
/// The rank test is taken only when the canary's requests have doubled since the last time, and the k-th test has the
/// level α/(k(k+1)): all of them together stay below α.
package struct LatencyJudge: Sendable {
    package static let alpha = 0.01
    /// The share of slower pairs that a pass promises not to have missed.
    static let detect = 0.65
    private static let firstLook: UInt64 = 30

    package let rule: LatencyRule
    package private(set) var canary = LatencyHistogram()
    package private(set) var stable = LatencyHistogram()
    private var looks = 0
    private var failed: Verdict?
    private let alpha: Double

    package init(_ rule: LatencyRule, judges: Int = 1) {
        self.rule = rule
        alpha = Self.alpha / Double(max(1, judges))
    }

    package mutating func beginStep() {
        canary = LatencyHistogram()
        stable = LatencyHistogram()
    }

    /// Adds what both tracks answered in one interval, and tests if it is time for it.
    package mutating func add(canary: LatencyHistogram, stable: LatencyHistogram) {
        self.canary.add(canary)
        self.stable.add(stable)
        guard failed == nil, self.canary.count >= Self.firstLook << UInt64(min(looks, 40)),
            self.stable.count >= Self.firstLook
        else { return }
        looks += 1
        guard let test = RankTest(self.canary.counts, above: self.stable.counts) else { return }
        let level = alpha / Double(looks * (looks + 1))
        guard test.p < level, let slower else { return }
        failed = Verdict(
            .fail,
            [
                "latency: \(slower); the canary is the slower one in \(fixed(test.larger * 100, decimals: 0)) % of all pairs "
                    + "(z \(fixed(test.z, decimals: 1)), p \(scientific(test.p)) < \(scientific(level)))"
            ])
    }

    /// `ratio`: stable requests for each canary request.
    package func verdict(ratio: Double) -> Verdict {
        if let failed { return failed }
        let needed = RankTest.needed(
            larger: Self.detect, alpha: alpha / Double(max(1, looks) * (max(1, looks) + 1)),
            share: 1 / (1 + max(ratio, 0.01)))
        guard canary.count >= UInt64(needed), stable.count >= Self.firstLook else {
            return Verdict(.waiting, ["latency: not enough traffic yet: \(canary.count) of \(needed) canary requests"])
        }
        return Verdict(.pass, ["latency: " + quantiles])
    }

    /// The first quantile by which the canary is slower by enough to matter; nil where there is none.
    private var slower: String? {
        for (name, q, least) in [("p50", 0.5, UInt64(0)), ("p95", 0.95, 60), ("p99", 0.99, 300)]
        where canary.count >= least {
            guard let mine = canary.quantile(q), let other = stable.quantile(q) else { continue }
            if mine > other * (1 + rule.ratio), mine - other > rule.milliseconds * 1000 {
                return "\(name) canary \(milliseconds(mine)), stable \(milliseconds(other))"
            }
        }
        return nil
    }

    private var quantiles: String {
        [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)].map { name, q in
            "\(name) \(milliseconds(canary.quantile(q))) against \(milliseconds(stable.quantile(q)))"
        }.joined(separator: ", ")
    }

    private func milliseconds(_ microseconds: Double?) -> String {
        microseconds.map { trimmed($0 / 1000, decimals: $0 < 10000 ? 1 : 0) + " ms" } ?? "none"
    }

    private func scientific(_ value: Double) -> String {
        if value >= 0.001 { return trimmed(value, decimals: 4) }
        var exponent = 0
        var mantissa = value
        while mantissa < 1, exponent < 300 {
            mantissa *= 10
            exponent += 1
        }
        return "\(trimmed(mantissa, decimals: 1))e-\(exponent)"
    }
}
