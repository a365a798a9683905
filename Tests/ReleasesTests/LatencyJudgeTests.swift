import Gateway
import Testing

@testable import Releases

@Suite struct LatencyJudgeTests {
    /// Looks every second at `perSecond` requests of 20 ms or so, spread from a quarter to four times that. `slower` gives
    /// the canary's factor at a second.
    private func simulate(
        seed: UInt64, perSecond: Int = 100, share: Double = 0.2, looks: Int = 300, stopAtPass: Bool = true,
        noise: (Int) -> Double = { _ in 1 }, slower: (Int, inout Seeded) -> Double
    ) -> (outcome: Verdict.Outcome, second: Int, line: String) {
        var random = Seeded(state: seed)
        var judge = LatencyJudge(LatencyRule())
        var last = Verdict(.waiting, [])
        for second in 0..<looks {
            var canary = LatencyHistogram()
            var stable = LatencyHistogram()
            for _ in 0..<perSecond {
                let spread = (0..<4).reduce(1.0) { product, _ in product * Double.random(in: 0.7..<1.4, using: &random)
                }
                let microseconds = 20_000 * spread * noise(second)
                if random.chance(share) {
                    canary.record(microseconds: UInt64(microseconds * slower(second, &random)))
                } else {
                    stable.record(microseconds: UInt64(microseconds))
                }
            }
            judge.add(canary: canary, stable: stable, observed: Double(second + 1))
            last = judge.verdict(ratio: (1 - share) / share)
            if last.outcome == .fail || (stopAtPass && last.outcome == .pass) {
                return (last.outcome, second, last.reasons.first ?? "")
            }
        }
        return (last.outcome, looks, last.reasons.first ?? "")
    }

    @Test func `Equal latency passes, and hardly ever fails however often one looks`() {
        let outcomes = (0..<10).map { run in
            simulate(seed: UInt64(run + 1), looks: 120, stopAtPass: false) { _, _ in 1 }.outcome
        }
        #expect(outcomes.count { $0 == .fail } == 0)
        #expect(outcomes.count { $0 == .pass } >= 7)
    }

    @Test func `A neighbour that slows both tracks down fails nobody`() {
        let outcomes = (0..<6).map { run in
            simulate(seed: UInt64(run + 1), looks: 120, stopAtPass: false, noise: { $0 % 40 < 10 ? 4 : 1 }) { _, _ in 1
            }.outcome
        }
        #expect(outcomes.count { $0 == .fail } == 0)
    }

    @Test func `Twice as slow is found as soon as the canary has warmed up`() {
        for run in 0..<4 {
            let result = simulate(seed: UInt64(run + 9)) { _, _ in 2 }
            #expect(result.outcome == .fail)
            #expect(result.second <= 35)
        }
    }

    @Test func `A tenth slower is found with more traffic, and not passed before`() {
        let outcomes = (0..<4).map { run in
            simulate(seed: UInt64(run + 9), perSecond: 300, looks: 120) { _, _ in 1.1 }.outcome
        }
        #expect(outcomes.allSatisfy { $0 == .fail })
    }

    @Test func `A slow tail is found, though most requests are as fast as before`() {
        for run in 0..<4 {
            let result = simulate(seed: UInt64(run + 3)) { _, random in random.chance(0.1) ? 20 : 1 }
            #expect(result.outcome == .fail)
            #expect(result.line.hasPrefix("latency: p50 "))
        }
    }

    @Test func `A cold start is waited for`() {
        for run in 0..<6 {
            let result = simulate(seed: UInt64(run + 5), looks: 120) { second, _ in
                1 + 2 * (0..<second).reduce(1.0) { value, _ in value * 0.9 }
            }
            #expect(result.outcome != .fail, "\(result.line)")
        }
    }

    @Test func `Slower by less than matters passes`() {
        let outcomes = (0..<6).map { run in simulate(seed: UInt64(run + 9)) { _, _ in 1.02 }.outcome }
        #expect(outcomes.count { $0 == .pass } >= 4)
        #expect(!outcomes.contains(.fail))
    }

    @Test func `Few requests are not enough, and it says what they could have shown`() {
        let result = simulate(seed: 4, perSecond: 3, looks: 45) { _, _ in 1 }
        #expect(result.outcome == .waiting)
        #expect(result.line.hasPrefix("latency: not enough traffic yet: "))
        let more = simulate(seed: 4, perSecond: 150, looks: 60) { _, _ in 1 }
        #expect(more.outcome == .pass)
        #expect(more.line.contains("would have been found"))
    }
}
