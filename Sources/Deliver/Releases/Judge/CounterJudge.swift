import Glibc

/// Judges a counter of the business, such as orders placed: does it grow on the canary as its part of the requests says?
///
/// For each quarter of a minute: given how much the counter grew on both tracks together, its part on the canary is
/// compared with the canary's part of the requests (`HitEvidence`, a sequential comparison of two Poisson rates).
package struct CounterJudge: Sendable {
    private static let stretch = 15.0
    /// So many events are expected of the canary before a pass means anything.
    private static let least = 20.0

    package let rule: CounterRule
    private let failing: Double
    private var evidence: HitEvidence
    private var score = ExcessScore()
    private var last: (canary: Double?, stable: Double?) = (nil, nil)
    private var grown = (canary: 0.0, stable: 0.0)
    private var requests = PairedCounts()
    private var began: Double?
    private var total = (canary: 0, stable: 0)
    private var expected = 0.0

    package init(_ rule: CounterRule, failing: Double = CanaryJudge.failing(judges: 1)) {
        self.rule = rule
        self.failing = failing
        evidence = HitEvidence(isMoreWorse: rule.worse == .higher)
    }

    /// The counter's sum over the pods of a track.
    package static func expression(_ rule: CounterRule, _ track: String) -> String {
        "sum(\(rule.name){app=\"$APP\",env=\"$ENV\",track=\"\(track)\"})"
    }

    package mutating func beginStep() { began = nil }

    /// One look: the counter on both tracks, nil without data, and the requests since the look before.
    package mutating func add(canary: Double?, stable: Double?, requests: PairedCounts, observed: Double) {
        let start = began ?? observed
        began = start
        // A sum that falls has lost pods or seen them restart: what it counted in between is not known.
        if let canary, let before = last.canary, canary >= before { grown.canary += canary - before }
        if let stable, let before = last.stable, stable >= before { grown.stable += stable - before }
        last = (canary ?? last.canary, stable ?? last.stable)
        self.requests = self.requests + requests
        guard observed - start >= Self.stretch, self.requests.isPair else { return }
        let part = Double(self.requests.canary) / Double(self.requests.total)
        let mine = Int(grown.canary.rounded())
        let others = Int(grown.stable.rounded())
        let events = Double(mine + others)
        evidence.add(canary: mine, stable: others, expected: part)
        score.add(
            sum: Double(mine) - events * part, variance: events * part * (1 - part), weight: events * part * (1 - part))
        total = (total.canary + mine, total.stable + others)
        expected += events * part
        began = observed
        grown = (0, 0)
        self.requests = PairedCounts()
    }

    package func verdict() -> Verdict {
        let name = "counter \(rule.name): "
        guard last.canary != nil, last.stable != nil else {
            return Verdict(.waiting, [name + "no data yet on both tracks"])
        }
        let seen =
            name
            + "\(total.canary) on the canary, \(trimmed(expected, decimals: 1)) expected of its part of the requests; "
        let odds =
            "odds \(Wording.odds(evidence.odds)) to 1 that it is \(rule.worse.rawValue), "
            + "\(Wording.odds(failing)) fail it"
        let difference = expected > 0 ? Double(total.canary) / expected - 1 : 0
        let isBeyond = rule.worse == .higher ? difference > rule.ratio : difference < -rule.ratio
        if evidence.odds >= failing, isBeyond { return Verdict(.fail, [seen + odds]) }
        guard expected >= Self.least else {
            return Verdict(.waiting, [seen + "not enough yet: \(trimmed(Self.least, decimals: 0)) must be expected"])
        }
        let z = rule.worse == .higher ? score.z : -score.z
        return Verdict(isBeyond && z > ExcessScore.limit(isLast: false) ? .waiting : .pass, [seen + odds])
    }
}
