import Gateway
import Glibc

/// Evidence that the canary is slower, as odds that may be looked at as often as one likes.
///
/// Each interval is compared in itself, at limits taken from what stable did before it (`LatencyGauge`): how many of the
/// requests beyond one limit go beyond the next, on both tracks. Given the totals, these are draws from the same urn if
/// the tracks are alike, whatever the machine suffers in that second; so the likelihood ratios of `HitAllocation` multiply
/// up along the limits and over the intervals to a supermartingale, as in `HitEvidence`. The alternatives are: all
/// requests slower by one of six ratios, or a larger share of them beyond stable's p95, or beyond its p99.
package struct LatencyEvidence: Sendable, Hashable, Codable {
    private static let tails: [Double] = [1.5, 3, 10]
    private static let shiftWeight = 0.7 / Double(LatencyGauge.ratios.count)
    private static let tailWeight = 0.3 / Double(2 * tails.count)

    private var logarithms: [Double] =
        [Double](repeating: log(shiftWeight), count: LatencyGauge.ratios.count)
        + [Double](repeating: log(tailWeight), count: 2 * tails.count)
    /// What the canary's requests had more than stable's, for caution.
    var scores = LatencyScores()

    package init() {}

    package var odds: Double { HitEvidence.odds(logarithms) }

    /// The odds of those alternatives alone that a measured slowness goes with: the slower whole with p50, the tails with
    /// p95 and p99.
    func odds(p50: Bool, p95: Bool, p99: Bool) -> Double {
        let shifts = LatencyGauge.ratios.count
        let tails = Self.tails.count
        let counted = zip(logarithms.indices, logarithms).filter { index, _ in
            index < shifts ? p50 : index < shifts + tails ? p95 : p99
        }
        return counted.isEmpty ? 0 : HitEvidence.odds(counted.map(\.1))
    }

    /// One interval with requests on both tracks.
    mutating func add(canary: LatencyHistogram, stable: LatencyHistogram, _ gauge: LatencyGauge) {
        let mine = gauge.beyond(canary)
        let others = gauge.beyond(stable)
        let (count, rest) = (Int(clamping: canary.count), Int(clamping: stable.count))
        func table(_ place: Int) -> PairedCounts {
            PairedCounts(canary: count, canaryHits: mine[place], stable: rest, stableHits: others[place])
        }
        var at = PairedCounts(canary: count, stable: rest)
        var gains = [Double](repeating: 0, count: LatencyGauge.ratios.count)
        for place in gauge.limits.indices {
            (at.canaryHits, at.stableHits) = (mine[place], others[place])
            for index in gains.indices { gains[index] += HitAllocation.logRatio(at, odds: gauge.odds[index][place]) }
            (at.canary, at.stable) = (mine[place], others[place])
        }
        for place in [gauge.p95, gauge.p99] {
            let table = place.map(table)
            gains += Self.tails.map { odds in table.map { HitAllocation.logRatio($0, odds: odds) } ?? 0 }
        }
        for (index, gain) in gains.enumerated() { logarithms[index] += min(gain, HitEvidence.mostOfOne) }
    }
}

/// How much slower the canary's requests are, by rank, and by the share beyond stable's p95 and p99.
struct LatencyScores: Sendable, Hashable, Codable {
    var rank = ExcessScore()
    var p95 = ExcessScore()
    var p99 = ExcessScore()

    init() {}

    /// One interval.
    init(canary: LatencyHistogram, stable: LatencyHistogram, _ gauge: LatencyGauge) {
        let mine = gauge.beyond(canary)
        let others = gauge.beyond(stable)
        let (count, rest) = (Int(clamping: canary.count), Int(clamping: stable.count))
        rank = Self.rankScore(count, rest, mine, others)
        if let place = gauge.p95 { p95.add(Self.table(count, rest, mine[place], others[place])) }
        if let place = gauge.p99 { p99.add(Self.table(count, rest, mine[place], others[place])) }
    }

    mutating func add(_ other: LatencyScores) {
        rank.add(other.rank)
        p95.add(other.p95)
        p99.add(other.p99)
    }

    private static func table(_ canary: Int, _ stable: Int, _ mine: Int, _ others: Int) -> PairedCounts {
        PairedCounts(canary: canary, canaryHits: mine, stable: stable, stableHits: others)
    }

    /// The rank test of one interval: requests between the same two limits are ties.
    private static func rankScore(_ canary: Int, _ stable: Int, _ mine: [Int], _ others: [Int]) -> ExcessScore {
        let all = Double(canary + stable)
        var score = ExcessScore()
        guard canary > 0, stable > 0 else { return score }
        var below = 0.0
        var sum = 0.0
        var squares = 0.0
        for place in 0...mine.count {
            let canaryHere = (place == 0 ? canary : mine[place - 1]) - (place < mine.count ? mine[place] : 0)
            let stableHere = (place == 0 ? stable : others[place - 1]) - (place < mine.count ? others[place] : 0)
            let here = Double(canaryHere + stableHere)
            let rank = (below + here / 2) / all - 0.5
            sum += rank * Double(canaryHere)
            squares += rank * rank * here
            below += here
        }
        let pairs = Double(canary) * Double(stable)
        score.add(sum: sum, variance: pairs / (all * (all - 1)) * squares, weight: pairs / all)
        return score
    }
}
