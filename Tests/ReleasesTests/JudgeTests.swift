import Gateway
import Testing

@testable import Releases

@Suite struct JudgeTests {
    /// Looks every second at `perSecond` requests of which the canary gets a share. Returns the outcome and the number of
    /// canary requests until then.
    private func simulate(
        canary: Double, stable: Double, share: Double, perSecond: Int, looks: Int, seed: UInt64, drift: Double = 0,
        stopAtPass: Bool = true
    ) -> (outcome: Verdict.Outcome, requests: Int) {
        var random = Seeded(state: seed)
        var judge = ErrorJudge(ErrorRule())
        for look in 0..<looks {
            let canaries = random.hits(perSecond, share)
            // A trouble that both tracks share comes and goes.
            let common = look % 20 < 5 ? drift : 0
            judge.add(
                PairedCounts(
                    canary: canaries, canaryHits: random.hits(canaries, min(1, canary + common)),
                    stable: perSecond - canaries, stableHits: random.hits(perSecond - canaries, min(1, stable + common))
                ))
            let verdict = judge.verdict(ratio: (1 - share) / share)
            if verdict.outcome == .fail || (stopAtPass && verdict.outcome == .pass) {
                return (verdict.outcome, judge.total.canary)
            }
        }
        return (.waiting, judge.total.canary)
    }

    @Test(arguments: [
        (0.0, 0.1, 20, 0.0), (0.01, 0.1, 20, 0.0), (0.05, 0.5, 20, 0.0), (0.2, 0.1, 20, 0.0), (0.02, 0.5, 2, 0.0),
        (0.0, 0.25, 20, 0.4),
    ])
    func `A canary like stable is failed in at most one of a hundred, though looked at 300 times`(
        rate: Double, share: Double, perSecond: Int, drift: Double
    ) {
        let runs = 80
        let alarms = (0..<runs).reduce(0) { alarms, run in
            let result = simulate(
                canary: rate, stable: rate, share: share, perSecond: perSecond, looks: 300, seed: UInt64(run + 1),
                drift: drift, stopAtPass: false)
            return alarms + (result.outcome == .fail ? 1 : 0)
        }
        #expect(Double(alarms) <= Double(runs) * ErrorJudge.alpha + 2)
    }

    @Test(arguments: [(0.1, 50, 36), (0.5, 50, 60), (0.05, 10, 36)])
    func `A canary with a fifth of errors against a clean stable fails within a few dozen requests`(
        share: Double, perSecond: Int, median: Int
    ) {
        let results = (0..<100).map { run in
            simulate(canary: 0.2, stable: 0, share: share, perSecond: perSecond, looks: 2000, seed: UInt64(run + 77))
        }
        #expect(results.allSatisfy { $0.outcome == .fail })
        let needed = results.map(\.requests).sorted()
        #expect(needed[50] <= median)
        #expect(needed[95] <= median * 2)
    }

    @Test func `A canary that is worse by what is promised hardly ever passes`() {
        let passed = (0..<100).filter { run in
            simulate(canary: 0.06, stable: 0.01, share: 0.25, perSecond: 40, looks: 1000, seed: UInt64(run + 5)).outcome
                == .pass
        }
        #expect(Double(passed.count) <= 100 * ErrorJudge.beta + 3)
    }

    @Test func `Clean traffic passes after about as many requests as were announced`() {
        var judge = ErrorJudge(ErrorRule())
        #expect(
            judge.verdict(ratio: 9).reasons.first
                == "errors: canary 0 of 0, stable 0 of 0; not enough traffic yet: 0 of 68 canary requests")
        for _ in 0..<67 { judge.add(PairedCounts(canary: 1, stable: 9)) }
        #expect(judge.verdict(ratio: 9).outcome == .waiting)
        judge.add(PairedCounts(canary: 1, stable: 9))
        #expect(judge.verdict(ratio: 9).outcome == .pass)
    }

    @Test func `Slow clean traffic, one request at a time, adds up as well`() {
        var judge = ErrorJudge(ErrorRule())
        for request in 0..<900 {
            judge.add(request % 10 == 0 ? PairedCounts(canary: 1) : PairedCounts(stable: 1))
        }
        #expect(judge.verdict(ratio: 9).outcome == .pass)
    }

    @Test func `Nothing seen is never a pass`() throws {
        let tenth = try #require(Percent(10))
        var judge = CanaryJudge([.errors(ErrorRule()), .latency(LatencyRule())], services: ["ships"])
        for _ in 0..<1000 { judge.add([:]) }
        #expect(judge.verdict(share: tenth).outcome == .waiting)
        #expect(CanaryJudge([], services: []).verdict(share: tenth).outcome == .waiting)
        #expect(Verdict.all([]).outcome == .waiting)
    }

    @Test func `Traffic on one track only is never a pass`() {
        var judge = ErrorJudge(ErrorRule())
        for _ in 0..<1000 { judge.add(PairedCounts(canary: 10)) }
        #expect(judge.verdict(ratio: 9).outcome == .waiting)
    }

    @Test func `Good evidence is found anew at each step, bad evidence is kept`() {
        var judge = ErrorJudge(ErrorRule())
        for _ in 0..<100 { judge.add(PairedCounts(canary: 1, stable: 9)) }
        #expect(judge.verdict(ratio: 9).outcome == .pass)
        judge.beginStep()
        #expect(judge.verdict(ratio: 9).outcome == .waiting)
        #expect(judge.total.canary == 100)
    }

    @Test func `A verdict shows its arithmetic`() {
        var judge = ErrorJudge(ErrorRule())
        for _ in 0..<8 { judge.add(PairedCounts(canary: 5, canaryHits: 1, stable: 45)) }
        let verdict = judge.verdict(ratio: 9)
        #expect(verdict.outcome == .fail)
        let line = verdict.reasons[0]
        #expect(line.hasPrefix("errors: canary 8 of 40 (20.00 %), stable 0 of 360 (0.00 %); odds "))
        #expect(line.hasSuffix("to 1 that it is worse by more than 1 point, 100 fail it"))
    }

    @Test(arguments: [
        (Verdict.Outcome.pass, 31.0, CanaryPlan.QuietPolicy.abort, "advance"), (.pass, 29, .abort, "wait"),
        (.fail, 1, .abort, "fail"), (.waiting, 599, .abort, "wait"), (.waiting, 600, .abort, "quiet"),
        (.waiting, 6000, .hold, "wait"),
    ])
    func `Time and verdict decide together`(
        outcome: Verdict.Outcome, observed: Double, policy: CanaryPlan.QuietPolicy, expected: String
    ) {
        let plan = CanaryPlan(steps: [], whenQuiet: policy)
        let name =
            switch StepDecision.decide(Verdict(outcome, []), observed: observed, plan: plan) {
            case .advance: "advance"
            case .fail: "fail"
            case .quiet: "quiet"
            case .wait: "wait"
            }
        #expect(name == expected)
    }

    @Test func `A query is judged by its bounds, two looks in a row`() {
        var judge = QueryJudge(QueryRule(expression: "q", maximum: 5))
        #expect(judge.verdict().outcome == .waiting)
        judge.add(.nan)
        #expect(judge.verdict().outcome == .waiting)
        judge.add(3)
        #expect(judge.verdict().outcome == .pass)
        judge.add(6)
        #expect(judge.verdict().outcome == .waiting)
        judge.add(7)
        #expect(judge.verdict() == Verdict(.fail, ["query: 7 (max 5) from q"]))
    }
}

@Suite struct RankTestTests {
    @Test func `Known values come out`() throws {
        // First sample 1,2,3,4 and second 3,4,5,6 in unit buckets: U = 2 of 16, two ties of two.
        let test = try #require(RankTest([0, 1, 1, 1, 1], above: [0, 0, 0, 1, 1, 1, 1]))
        #expect(test.larger == 2.0 / 16)
        #expect(abs(test.z - (-1.8991)) < 0.001)
        #expect(RankTest([], above: [1]) == nil)
        #expect(RankTest([5], above: [7]) == nil)
        #expect(abs(RankTest.tail(1.6449) - 0.05) < 0.0001)
        #expect(abs(RankTest.quantile(0.01) - 2.3263) < 0.0001)
    }

    @Test func `Fisher's test gives known values`() {
        // 8 of 10 against 1 of 10: 45 · 10 + 10 · … of 167960, by hand 0.002739.
        #expect(abs(FisherTest.tail(hits: 8, of: 10, otherHits: 1, of: 10) - 0.002739) < 0.00001)
        #expect(FisherTest.tail(hits: 0, of: 10, otherHits: 1, of: 10) == 1)
        #expect(FisherTest.tail(hits: 900, of: 1000, otherHits: 10, of: 9000) < 1e-100)
    }

    @Test func `A slow tail is found, though most requests are as fast as before`() {
        var random = Seeded(state: 3)
        var judge = LatencyJudge(LatencyRule())
        for _ in 0..<40 {
            var canary = LatencyHistogram()
            var stable = LatencyHistogram()
            for request in 0..<50 {
                let usual = UInt64.random(in: 2000..<6000, using: &random)
                if request < 10 {
                    canary.record(microseconds: random.chance(0.1) ? 500_000 : usual)
                } else {
                    stable.record(microseconds: usual)
                }
            }
            judge.add(canary: canary, stable: stable)
        }
        let verdict = judge.verdict(ratio: 4)
        #expect(verdict.outcome == .fail)
        #expect(verdict.reasons[0].contains("canary requests took over 11 ms, of stable 0 of "))
    }

    private func simulate(slower: Double, seed: UInt64, looks: Int = 300) -> Verdict.Outcome {
        var random = Seeded(state: seed)
        var judge = LatencyJudge(LatencyRule())
        var last = Verdict.Outcome.waiting
        for _ in 0..<looks {
            var canary = LatencyHistogram()
            var stable = LatencyHistogram()
            for request in 0..<20 {
                let spread = Double.random(in: 0.5..<2, using: &random)
                let microseconds = 20_000 * spread * spread
                if request < 4 {
                    canary.record(microseconds: UInt64(microseconds * slower))
                } else {
                    stable.record(microseconds: UInt64(microseconds))
                }
            }
            judge.add(canary: canary, stable: stable)
            last = judge.verdict(ratio: 4).outcome
            if last == .fail { return last }
        }
        return last
    }

    @Test func `Equal latency passes, and hardly ever fails however often one looks`() {
        let outcomes = (0..<60).map { simulate(slower: 1, seed: UInt64($0 + 1)) }
        #expect(outcomes.count { $0 == .fail } <= 2)
        #expect(outcomes.count { $0 == .pass } >= 58)
    }

    @Test func `Twice as slow is found`() {
        #expect((0..<50).allSatisfy { simulate(slower: 2, seed: UInt64($0 + 9)) == .fail })
    }

    @Test func `Slower by less than matters passes`() {
        #expect((0..<50).count { simulate(slower: 1.1, seed: UInt64($0 + 9)) == .pass } >= 49)
    }
}
