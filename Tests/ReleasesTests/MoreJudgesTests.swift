import Testing

@testable import Releases

@Suite struct MoreJudgesTests {
    private func compare(_ worse: WorseDirection, stretches: Int, canary: (inout Seeded) -> Double, seed: UInt64 = 1)
        -> Verdict
    {
        var random = Seeded(state: seed)
        var judge = ComparisonJudge(ComparisonRule(expression: "q{track=\"$TRACK\"}", worse: worse, every: 10))
        for second in 0...(stretches * 10) {
            judge.add(
                canary: canary(&random), stable: Double.random(in: 0.5..<1.5, using: &random), observed: Double(second))
        }
        return judge.verdict()
    }

    @Test func `A query is compared between the tracks`() {
        #expect(compare(.higher, stretches: 10, canary: { _ in 2 }).outcome == .fail)
        #expect(compare(.lower, stretches: 10, canary: { _ in 0.2 }).outcome == .fail)
        #expect(compare(.lower, stretches: 8, canary: { _ in 2 }).outcome == .pass)
        #expect(compare(.higher, stretches: 2, canary: { _ in 2 }).outcome == .waiting)
        #expect(ComparisonJudge(ComparisonRule(expression: "q", worse: .higher)).verdict().outcome == .waiting)
    }

    @Test func `Equal tracks are hardly ever told apart by a comparison`() {
        let failed = (0..<100).filter { run in
            let even: (inout Seeded) -> Double = { Double.random(in: 0.5..<1.5, using: &$0) }
            return compare(.higher, stretches: 60, canary: even, seed: UInt64(run + 1)).outcome == .fail
        }
        #expect(failed.count <= 3)
    }

    private func count(_ worse: WorseDirection, canary: Double, stable: Double, seconds: Int = 120) -> Verdict {
        var judge = CounterJudge(CounterRule(name: "orders_total", worse: worse))
        for second in 0...seconds {
            judge.add(
                canary: Double(second) * canary, stable: Double(second) * stable,
                requests: PairedCounts(canary: 10, stable: 90), observed: Double(second))
        }
        return judge.verdict()
    }

    @Test func `A counter is compared by each track's part of the requests`() {
        #expect(count(.lower, canary: 0.2, stable: 9).outcome == .fail)
        #expect(count(.lower, canary: 1, stable: 9).outcome == .pass)
        #expect(count(.higher, canary: 4, stable: 9).outcome == .fail)
        #expect(count(.lower, canary: 0.01, stable: 0.09).outcome == .waiting)
        let line = count(.lower, canary: 0.2, stable: 9).reasons[0]
        #expect(line.hasPrefix("counter orders_total: "))
        #expect(line.contains("expected of its part of the requests; odds "))
    }

    @Test func `A counter that restarts adds nothing for that look`() {
        var judge = CounterJudge(CounterRule(name: "orders_total", worse: .higher))
        for second in 0...60 {
            let counted = Double(second % 30)
            judge.add(
                canary: counted, stable: counted * 9, requests: PairedCounts(canary: 1, stable: 9),
                observed: Double(second))
        }
        #expect(judge.verdict().outcome == .pass)
    }

    @Test(arguments: [
        ("2026-08-01T10:00:03.123Z ERROR order 4711 not found", "# ERROR order # not found"),
        ("level=error msg=\"timeout after 250ms\" id=3f2a9c1e", "level=error msg=\"timeout after #\" id=#"),
        (#"{"level":"error","msg":"no port","port":"ESBCN"}"#, #"{"level":"error","msg":"no port","port":"ESBCN"}"#),
        ("java.lang.NullPointerException: at Foo.java:42", "java.lang.NullPointerException: at Foo.java:#"),
        ("level=info msg=\"0 errors\"", nil), ("GET /errors/404 200", nil), ("", nil),
    ])
    func `A line about an error becomes a pattern`(line: String, pattern: String?) {
        #expect(ErrorPattern.of(line) == pattern)
    }

    @Test func `A new kind of error on the canary fails it, one that stable knows does not`() {
        func judge(history: [String], canary: [String], stable: [String] = [], looks: Int = 20) -> Verdict {
            var judge = LogJudge(failing: 300)
            judge.remember(history)
            for _ in 0..<looks {
                judge.add(
                    TrackLines(canary: canary, stable: stable), requests: PairedCounts(canary: 10, stable: 90),
                    share: 0.1)
            }
            return judge.verdict()
        }
        let bad = judge(history: ["ERROR disk 1"], canary: ["ERROR order 1 lost", "INFO ok"])
        #expect(bad.outcome == .fail)
        #expect(
            bad.reasons[0].hasPrefix("logs: 20 lines of a new kind on the canary in 200 requests, 0 on stable in 1800"))
        #expect(judge(history: ["ERROR order 7 lost"], canary: ["ERROR order 1 lost"]).outcome == .pass)
        #expect(judge(history: [], canary: ["INFO ok"]).outcome == .pass)
        #expect(judge(history: [], canary: ["ERROR a"], looks: 1).outcome == .pass)
        #expect(
            judge(history: [], canary: ["ERROR a"], stable: [String](repeating: "ERROR a", count: 9)).outcome == .pass)
        #expect(LogJudge().verdict().outcome == .waiting)
    }

    @Test func `Logs that can't be read are no data`() {
        var judge = LogJudge()
        judge.remember([])
        judge.add(nil, requests: PairedCounts(canary: 1000, stable: 9000), share: 0.1)
        #expect(judge.verdict().outcome == .waiting)
    }
}
