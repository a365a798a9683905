package import Gateway
import Glibc

/// What stable did while the canary was judged, before all of the traffic went to the new release: the measure for the
/// time after.
package struct LastEvidence: Sendable, Hashable, Codable {
    /// Service → what was seen of it.
    package var services: [String: Service]

    package init(services: [String: Service] = [:]) { self.services = services }

    package struct Service: Sendable, Hashable, Codable {
        package var requests: Int
        package var errors: Int
        /// Microseconds; nil where too little was seen.
        package var median: Double?
        package var p95: Double?

        package init(requests: Int, errors: Int, median: Double?, p95: Double?) {
            (self.requests, self.errors) = (requests, errors)
            (self.median, self.p95) = (median, p95)
        }
    }
}

/// Watches a release that has all of the traffic. There is no other track to compare it with any more, so it is held
/// against stable's last evidence, with room for what the hour may bring: more errors than stable can have had, by more
/// than `detect`; half of the requests beyond one and a half times stable's median, or a fifth beyond one and a half
/// times its p95. No second counts for much: it takes some fifteen bad ones.
package struct Aftermath: Sendable, Hashable, Codable {
    /// How much longer than stable's a request may take.
    static let slower = 1.5
    /// The share of requests that may lie beyond one and a half times stable's median, and p95.
    private static let mostBeyondMedian = 0.5
    private static let mostBeyondTail = 0.2
    static let leastSeconds = 16.0

    private let failing: Double
    private var limits: [Limit] = []

    /// A share of requests that must not be exceeded.
    private struct Limit: Sendable, Hashable, Codable {
        enum Kind: Hashable, Codable {
            case errors
            /// Beyond so many microseconds.
            case slow(Double)
        }

        let service: String
        let kind: Kind
        let most: Double
        let before: String
        var evidence: RateEvidence
        var seen = 0
        var hits = 0
    }

    /// `rules`: what judged the canary; errors and latency are watched where they did. `seconds`: for how long.
    package init(_ last: LastEvidence, rules: [JudgeRule], seconds: Double) {
        let evidence = RateEvidence(seconds: Int(min(seconds, 1e6)))
        for (name, service) in last.services.sorted(by: { $0.key < $1.key }) {
            for rule in rules {
                switch rule {
                case .errors(let rule):
                    guard service.requests > 0 else { continue }
                    let upper = RateEvidence.upperLimit(hits: service.errors, of: service.requests)
                    limits.append(
                        Limit(
                            service: name, kind: .errors, most: min(0.9, upper + rule.detect),
                            before: "stable before \(Wording.share(service.errors, service.requests))",
                            evidence: evidence))
                case .latency(let rule):
                    for (value, most, word) in [
                        (service.median, Self.mostBeyondMedian, "p50"), (service.p95, Self.mostBeyondTail, "p95"),
                    ] {
                        guard let value else { continue }
                        let limit = max(value * Self.slower, value + rule.milliseconds * 1000)
                        limits.append(
                            Limit(
                                service: name, kind: .slow(limit), most: most,
                                before: "stable's \(word) before \(Wording.milliseconds(value))",
                                evidence: evidence))
                    }
                case .query, .comparison, .counter, .logs: continue
                }
            }
        }
        failing = CanaryJudge.failing(judges: limits.count)
    }

    /// Whether there is anything to hold the release against.
    package var isBlind: Bool { limits.isEmpty }

    /// Adds what the release answered in one interval.
    package mutating func add(_ traffic: [String: TrafficCounts]) {
        for index in limits.indices {
            guard let counts = traffic[limits[index].service] else { continue }
            let total: Int
            let hits: Int
            switch limits[index].kind {
            case .errors: (total, hits) = (Int(clamping: counts.requests), Int(clamping: counts.errors))
            case .slow(let limit):
                total = Int(clamping: counts.latency.count)
                hits = total - Int(clamping: counts.latency.count(below: UInt64(limit)))
            }
            guard total > 0 else { continue }
            limits[index].evidence.add(hits, of: total, most: limits[index].most, failing: failing)
            limits[index].seen += total
            limits[index].hits += hits
        }
    }

    /// Fails, or waits: a release is never found good for ever.
    package var verdict: Verdict {
        let sentences = limits.map { limit -> (isBad: Bool, text: String) in
            let what =
                switch limit.kind {
                case .errors: "errors since all traffic came"
                case .slow(let time): "slower than \(Wording.milliseconds(time)) since all traffic came"
                }
            let odds = limit.evidence.odds
            return (
                odds >= failing,
                "\(limit.service) \(what): \(Wording.share(limit.hits, limit.seen)), \(limit.before); odds "
                    + "\(Wording.odds(odds)) to 1 that it is over \(Wording.percent(limit.most)), "
                    + "\(Wording.odds(failing)) fail it"
            )
        }
        let bad = sentences.filter(\.isBad).map(\.text)
        if !bad.isEmpty { return Verdict(.fail, bad) }
        return Verdict(.waiting, isBlind ? ["nothing is known of stable to compare with"] : sentences.map(\.text))
    }
}

/// Evidence that at some time a rate has come to lie above a limit, as odds that may be looked at as often as one likes: a
/// mixture over the second in which that began, and over coins with larger odds than the limit's. What was good before
/// does not hide what comes after it, and still the odds ever reach 1/α with probability at most α while it stays below.
package struct RateEvidence: Sendable, Hashable, Codable {
    private static let alternatives = [1.5, 3, 10]

    /// The prior weight of each second and alternative, as a logarithm.
    private let weight: Double
    private var left: Int
    private var logarithms = Self.alternatives.map { _ in -Double.greatestFiniteMagnitude }

    /// `seconds`: for how long it is watched.
    package init(seconds: Int) {
        left = max(1, seconds)
        weight = -log(Double(max(1, seconds) * Self.alternatives.count))
    }

    package var odds: Double { HitEvidence.odds(logarithms) }

    /// One interval. It raises the odds by no more than the sixteenth part of what is needed.
    mutating func add(_ hits: Int, of total: Int, most: Double, failing: Double) {
        let cap = (log(failing) - weight) / Aftermath.leastSeconds
        for (index, odds) in Self.alternatives.enumerated() {
            let worse = odds * most / (1 - most + odds * most)
            let gain = Double(hits) * log(worse / most) + Double(total - hits) * log((1 - worse) / (1 - most))
            var before = logarithms[index]
            if left > 0 {
                let top = max(before, weight)
                before = top + log(exp(before - top) + exp(weight - top))
            }
            logarithms[index] = before + min(gain, cap)
        }
        left = max(0, left - 1)
    }

    /// The largest rate that so few hits leave credible, with an error of a tenth of a percent (Clopper and Pearson).
    static func upperLimit(hits: Int, of total: Int) -> Double {
        guard total > 0, hits < total else { return 1 }
        func tail(_ rate: Double) -> Double {
            var sum = 0.0
            for value in 0...hits {
                sum += exp(
                    HitAllocation.choose(total, value) + Double(value) * log(rate)
                        + Double(total - value) * log(1 - rate))
            }
            return sum
        }
        var low = Double(hits) / Double(total)
        var high = 1.0
        for _ in 0..<50 {
            let middle = (low + high) / 2
            if tail(middle) > 0.001 { low = middle } else { high = middle }
        }
        return high
    }
}
