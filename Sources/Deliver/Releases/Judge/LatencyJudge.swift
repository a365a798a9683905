package import Gateway
import Glibc

/// Judges latency by what matters: is the canary slower than stable would be if all of its requests took longer by what
/// the rule allows? Two tests: a rank test for the whole distribution, and for its tail Fisher's exact test of how many
/// requests lie beyond stable's p95, lengthened likewise.
///
/// The tests are taken only when the canary's requests have doubled since the last time, and the k-th time has the
/// level α/(k(k+1)), halved between the two: all of them together stay below α.
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
        looks = 0
    }

    /// Adds what both tracks answered in one interval, and tests if it is time for it.
    package mutating func add(canary: LatencyHistogram, stable: LatencyHistogram) {
        self.canary.add(canary)
        self.stable.add(stable)
        guard failed == nil, self.canary.count >= Self.firstLook << UInt64(min(looks, 40)),
            self.stable.count >= Self.firstLook
        else { return }
        looks += 1
        let level = level(looks)
        failed = testRanks(level) ?? testTail(level)
    }

    private func level(_ look: Int) -> Double { alpha / Double(2 * look * (look + 1)) }

    /// `ratio`: stable requests for each canary request.
    package func verdict(ratio: Double) -> Verdict {
        if let failed { return failed }
        let needed = RankTest.needed(
            larger: Self.detect, alpha: level(max(1, looks)), share: 1 / (1 + max(ratio, 0.01)))
        guard canary.count >= UInt64(needed), stable.count >= Self.firstLook else {
            return Verdict(.waiting, ["latency: not enough traffic yet: \(canary.count) of \(needed) canary requests"])
        }
        return Verdict(.pass, ["latency: " + quantiles])
    }

    // MARK: Tests

    private func testRanks(_ level: Double) -> Verdict? {
        guard let test = RankTest(canary.counts, above: lengthened.counts), test.p < level else { return nil }
        return Verdict(
            .fail,
            [
                "latency: \(quantiles); beyond \(allowance) the canary is slower in "
                    + "\(fixed(test.larger * 100, decimals: 0)) % of all pairs (p \(scientific(test.p)) < \(scientific(level)))"
            ])
    }

    private func testTail(_ level: Double) -> Verdict? {
        guard let p95 = stable.quantile(0.95) else { return nil }
        let limit = UInt64(lengthen(p95))
        let mine = canary.count - canary.count(below: limit)
        let others = stable.count - stable.count(below: limit)
        let p = FisherTest.tail(hits: mine, of: canary.count, otherHits: others, of: stable.count)
        guard p < level else { return nil }
        return Verdict(
            .fail,
            [
                "latency: \(quantiles); \(mine) of \(canary.count) canary requests took over \(milliseconds(Double(limit))), "
                    + "of stable \(others) of \(stable.count) (p \(scientific(p)) < \(scientific(level)))"
            ])
    }

    /// Stable's latencies if each request took as much longer as is allowed.
    private var lengthened: LatencyHistogram {
        var longer = LatencyHistogram()
        for (index, count) in stable.counts.enumerated() where count > 0 {
            let middle = Double(LatencyHistogram.lowerBound(index) + LatencyHistogram.upperBound(index)) / 2
            longer.add(UInt64(lengthen(middle)), times: count)
        }
        return longer
    }

    /// Microseconds.
    private func lengthen(_ microseconds: Double) -> Double {
        max(microseconds * (1 + rule.ratio), microseconds + rule.milliseconds * 1000)
    }

    private var allowance: String {
        "\(trimmed(rule.ratio * 100, decimals: 1)) % and \(trimmed(rule.milliseconds, decimals: 1)) ms"
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
        if value < 1e-99 { return "0" }
        let exponent = Int((-log10(value)).rounded(.up))
        return "\(trimmed(value * pow(10, Double(exponent)), decimals: 1))e-\(exponent)"
    }
}
