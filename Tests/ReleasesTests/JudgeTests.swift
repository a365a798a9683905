import FoundationEssentials
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
        let runs = 40
        let alarms = (0..<runs).reduce(0) { alarms, run in
            let result = simulate(
                canary: rate, stable: rate, share: share, perSecond: perSecond, looks: 300, seed: UInt64(run + 1),
                drift: drift, stopAtPass: false)
            return alarms + (result.outcome == .fail ? 1 : 0)
        }
        #expect(Double(alarms) <= Double(runs) * CanaryJudge.alpha + 2)
    }

    @Test(arguments: [(0.1, 50, 36), (0.5, 50, 80), (0.05, 10, 36)])
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
        for second in 0..<1000 { judge.add([:], share: tenth, observed: Double(second)) }
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
        #expect(line.hasSuffix("to 1 that it is worse, 100 fail it where the excess is over 0.1 points"))
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

    @Test func `An excess within the tolerance is let go, however sure it is`() {
        var judge = ErrorJudge(ErrorRule(tolerance: 0.05, detect: 0.2))
        for _ in 0..<200 { judge.add(PairedCounts(canary: 100, canaryHits: 4, stable: 900, stableHits: 9)) }
        #expect(judge.verdict(ratio: 9).outcome == .pass)
    }

    @Test func `No single second decides`() {
        var judge = ErrorJudge(ErrorRule())
        judge.add(PairedCounts(canary: 50, canaryHits: 50, stable: 950))
        #expect(judge.verdict(ratio: 19).outcome == .waiting)
        for _ in 0..<2 { judge.add(PairedCounts(canary: 50, canaryHits: 50, stable: 950)) }
        #expect(judge.verdict(ratio: 19).outcome == .fail)
    }

    @Test func `More errors than chance gives are not passed, though they don't fail yet`() {
        var judge = ErrorJudge(ErrorRule())
        for second in 0..<60 {
            judge.add(PairedCounts(canary: 50, canaryHits: second % 20 == 0 ? 1 : 0, stable: 50))
        }
        let verdict = judge.verdict(ratio: 1)
        #expect(verdict.outcome == .waiting)
        #expect(verdict.reasons[0].contains("perhaps worse by 0.1 points (z 1.7, beyond 1.6 it is not passed)"))
    }

    @Test func `What so much traffic could have shown becomes less with more traffic`() throws {
        var judge = ErrorJudge(ErrorRule())
        #expect(judge.revealed == nil)
        var last = 1.0
        for hundreds in 1...20 {
            for _ in 0..<100 { judge.add(PairedCounts(canary: hundreds, stable: 9 * hundreds)) }
            let now = try #require(judge.revealed)
            #expect(now <= last)
            last = now
        }
        #expect(last <= 0.002)
    }

    @Test func `Evidence survives being written down, and what another version wrote begins anew`() throws {
        var judge = CanaryJudge([.errors(ErrorRule()), .latency(LatencyRule())], services: ["ships"])
        var traffic = TrackTraffic()
        traffic.canary.codes = [200: 9, 500: 1]
        traffic.stable.codes = [200: 90]
        let tenth = try #require(Percent(10))
        for second in 0..<20 { judge.add(["ships": traffic], share: tenth, observed: Double(second)) }
        let data = try JSONEncoder().encode(judge.memory)
        #expect(try JSONDecoder().decode(CanaryJudge.Memory.self, from: data) == judge.memory)
        let older = Data(#"{"errors":{"ships":{"alpha":0.01}}}"#.utf8)
        #expect(try JSONDecoder().decode(CanaryJudge.Memory.self, from: older) == CanaryJudge.Memory())
    }
}
