import Gateway
import Testing

@testable import Releases

@Suite struct EvidenceTests {
    /// The probability of each number of canary hits where both tracks are alike.
    private func chances(_ canary: Int, _ stable: Int, hits: Int) -> [(hits: Int, chance: Double)] {
        var ways: [(Int, Double)] = []
        for mine in max(0, hits - stable)...min(hits, canary) {
            ways.append((mine, binomial(canary, mine) * binomial(stable, hits - mine)))
        }
        let all = ways.reduce(0) { $0 + $1.1 }
        return ways.map { ($0.0, $0.1 / all) }
    }

    private func binomial(_ total: Int, _ part: Int) -> Double {
        (0..<part).reduce(1) { $0 * Double(total - $1) / Double($1 + 1) }
    }

    @Test(arguments: [(1, 19, 1), (5, 95, 3), (25, 25, 20), (50, 450, 40), (3, 2, 4), (10, 10, 20), (7, 1, 1)])
    func `A likelihood ratio is on average 1 where both tracks are alike`(canary: Int, stable: Int, hits: Int) {
        for odds in [0.1, 1.2, 3.5, 30, 1000] {
            let mean = chances(canary, stable, hits: hits).reduce(0) { sum, way in
                let counts = PairedCounts(
                    canary: canary, canaryHits: way.hits, stable: stable, stableHits: hits - way.hits)
                return sum + way.chance * exponential(HitAllocation.logRatio(counts, odds: odds))
            }
            #expect(abs(mean - 1) < 1e-9, "odds \(odds)")
        }
    }

    private func exponential(_ value: Double) -> Double {
        // e to the power of a number, by its series on a small part of it.
        var power = 1.0
        var term = 1.0
        for step in 1..<30 {
            term *= value / 1024 / Double(step)
            power += term
        }
        return (0..<10).reduce(power) { result, _ in result * result }
    }

    @Test func `Large counts give what their parts would`() {
        let counts = PairedCounts(canary: 5000, canaryHits: 600, stable: 5000, stableHits: 500)
        let one = HitAllocation.logRatio(counts, odds: 1.2)
        #expect(one.isFinite)
        #expect(one > 2)
        #expect(HitAllocation.logRatio(counts, odds: 1000) < -1000)
    }

    @Test func `Events are compared by each track's part of the traffic`() {
        var worse = HitEvidence()
        var alike = HitEvidence()
        for _ in 0..<10 {
            worse.add(canary: 2, stable: 0, expected: 0.1)
            alike.add(canary: 1, stable: 9, expected: 0.1)
        }
        #expect(worse.odds > 1000)
        #expect(alike.odds < 1)
        var fewer = HitEvidence(isMoreWorse: false)
        for _ in 0..<20 { fewer.add(canary: 0, stable: 9, expected: 0.5) }
        #expect(fewer.odds > 1000)
    }

    @Test func `A score cancels what both tracks suffer together`() {
        var score = ExcessScore()
        for second in 0..<100 {
            // A trouble that comes just when the canary has more of the traffic.
            let isTrouble = second >= 50
            score.add(
                PairedCounts(
                    canary: isTrouble ? 50 : 5, canaryHits: isTrouble ? 25 : 0, stable: isTrouble ? 50 : 95,
                    stableHits: isTrouble ? 25 : 0))
        }
        #expect(abs(score.z) < 1e-9)
        score.add(PairedCounts(canary: 100, canaryHits: 20, stable: 100, stableHits: 10))
        #expect(score.z > 0.2)
    }

    @Test func `A quantile lies within its limits, however often one looks`() {
        let outside = (0..<50).filter { run in
            var random = Seeded(state: UInt64(run + 1))
            var histogram = LatencyHistogram()
            for _ in 0..<100 {
                for _ in 0..<20 { histogram.record(microseconds: UInt64.random(in: 0..<100_000, using: &random)) }
                for (quantile, truth) in [(0.5, 50_000.0), (0.95, 95_000)] {
                    guard let limits = QuantileLimits(histogram, quantile) else { continue }
                    if truth < limits.lower * 0.99 || truth > limits.upper * 1.01 { return true }
                }
            }
            return false
        }
        #expect(outside.count <= 1)
    }

    @Test(arguments: [
        (0.4, 0.4, 0.4, false), (0.45, 0.2, 0.05, true), (0, 0, 0, false), (0.0, 0.2, 0.3, false),
        (0.5, 0.48, 0.42, false),
    ])
    func `Slowness settles when it goes away`(first: Double, second: Double, third: Double, settles: Bool) {
        var trend = SettlingTrend()
        for time in 0..<60 {
            let difference = time < 20 ? first : time < 40 ? second : third
            var score = ExcessScore()
            score.add(sum: difference * 10, variance: 0.8, weight: 10)
            trend.add(score, at: Double(time))
        }
        #expect(trend.isSettling(at: 60) == settles)
        #expect(!trend.isSettling(at: SettlingTrend.patience + 1))
    }
}
