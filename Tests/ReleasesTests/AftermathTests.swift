import Gateway
import Testing

@testable import Releases

@Suite struct AftermathTests {
    private let last = LastEvidence(
        services: ["ships": LastEvidence.Service(requests: 5000, errors: 10, median: 20_000, p95: 60_000)])

    /// Watches for ten minutes; `errors` and `slower` say how the release does at a second.
    private func watch(
        perSecond: Int = 40, seed: UInt64 = 1, errors: (Int) -> Double = { _ in 0.002 },
        slower: (Int) -> Double = { _ in 1 }
    ) -> (outcome: Verdict.Outcome, second: Int, line: String) {
        var random = Seeded(state: seed)
        var aftermath = Aftermath(last, rules: [.errors(ErrorRule()), .latency(LatencyRule())], seconds: 600)
        for second in 0..<600 {
            var counts = TrafficCounts()
            let failed = random.hits(perSecond, errors(second))
            counts.codes = [200: UInt64(perSecond - failed), 500: UInt64(failed)]
            for _ in 0..<perSecond {
                let spread = Double.random(in: 0.6..<1.7, using: &random)
                counts.latency.record(microseconds: UInt64(20_000 * spread * spread * slower(second)))
            }
            aftermath.add(["ships": counts])
            let verdict = aftermath.verdict
            if verdict.outcome == .fail { return (.fail, second, verdict.reasons.first ?? "") }
        }
        return (.waiting, 600, aftermath.verdict.reasons.first ?? "")
    }

    @Test func `A release that goes on as stable did is left alone`() {
        for seed in 1...5 as ClosedRange<UInt64> { #expect(watch(seed: seed).outcome == .waiting) }
    }

    @Test func `Errors that begin after eight good minutes send it back within half a minute`() {
        let result = watch(errors: { $0 < 480 ? 0 : 0.5 })
        #expect(result.outcome == .fail)
        #expect((480 + 13...510).contains(result.second))
        #expect(result.line.hasPrefix("ships errors since all traffic came: "))
        #expect(result.line.contains("stable before 10 of 5000 (0.20 %)"))
    }

    @Test func `Twice as slow sends it back, a hiccup of ten seconds does not`() {
        #expect(watch(slower: { $0 < 100 ? 1 : 2.5 }).outcome == .fail)
        #expect(watch(slower: { $0 % 100 < 10 ? 2.5 : 1 }).outcome == .waiting)
        #expect(watch(errors: { $0 % 200 < 8 ? 0.5 : 0 }).outcome == .waiting)
    }

    @Test func `A little more than before is what the hour may bring`() {
        #expect(watch(errors: { _ in 0.02 }, slower: { _ in 1.2 }).outcome == .waiting)
    }

    @Test func `Without evidence of stable nothing is held against the release`() {
        let aftermath = Aftermath(LastEvidence(), rules: [.errors(ErrorRule())], seconds: 60)
        #expect(aftermath.isBlind)
        #expect(aftermath.verdict.outcome == .waiting)
    }

    @Test(arguments: [(0, 1000, 0.0069), (10, 5000, 0.0048), (5, 5, 1)])
    func `The largest credible rate is known`(hits: Int, total: Int, upper: Double) {
        #expect(abs(RateEvidence.upperLimit(hits: hits, of: total) - upper) < 0.0005)
    }
}
