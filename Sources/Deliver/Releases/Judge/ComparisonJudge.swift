import Glibc

/// Judges one query of the metrics by comparing its value on the canary with that on stable.
///
/// Values that follow one another are not independent, so one comparison is made for each stretch of `every` seconds, of
/// the means of both tracks. It is a bet at even odds on the canary being the worse one: as long as that is no likelier
/// than not, whatever was before, the odds have a mean of at most 1.
package struct ComparisonJudge: Sendable {
    private static let bets = [0.5, 0.9]

    package let rule: ComparisonRule
    private let failing: Double
    private var stakes = Self.bets.map { _ in -log(Double(bets.count)) }
    private var began: Double?
    private var sums = (canary: [Double](), stable: [Double]())
    private var last: (canary: Double, stable: Double)?
    private(set) var compared = 0
    private(set) var worse = 0

    package init(_ rule: ComparisonRule, failing: Double = CanaryJudge.failing(judges: 1)) {
        self.rule = rule
        self.failing = failing
    }

    /// What to ask on a track.
    package static func expression(_ rule: ComparisonRule, _ track: String) -> String {
        rule.expression.replacing("$TRACK", with: track)
    }

    package mutating func beginStep() {
        began = nil
        sums = ([], [])
    }

    /// The values of one look; nil where the query has no data.
    package mutating func add(canary: Double?, stable: Double?, observed: Double) {
        let start = began ?? observed
        began = start
        if let canary, let stable, canary.isFinite, stable.isFinite {
            sums.canary.append(canary)
            sums.stable.append(stable)
        }
        guard observed - start >= rule.every, !sums.canary.isEmpty else { return }
        let count = Double(sums.canary.count)
        let pair = (canary: sums.canary.reduce(0, +) / count, stable: sums.stable.reduce(0, +) / count)
        let isWorse = isWorse(pair.canary, pair.stable)
        compared += 1
        worse += isWorse ? 1 : 0
        for (index, bet) in Self.bets.enumerated() { stakes[index] += log(isWorse ? 1 + bet : 1 - bet) }
        last = pair
        began = observed
        sums = ([], [])
    }

    package func verdict() -> Verdict {
        let name = "comparison: "
        guard let last else {
            return Verdict(.waiting, [name + "no data yet on both tracks from \(rule.expression)"])
        }
        let odds = HitEvidence.odds(stakes)
        let line =
            name + "canary \(trimmed(last.canary, decimals: 4)), stable \(trimmed(last.stable, decimals: 4)); "
            + "\(rule.worse.rawValue) by more than \(Wording.percent(rule.ratio)) in \(worse) of \(compared) stretches of "
            + "\(trimmed(rule.every, decimals: 0)) s; odds \(Wording.odds(odds)) to 1 that it is worse, "
            + "\(Wording.odds(failing)) fail it; from \(rule.expression)"
        if odds >= failing { return Verdict(.fail, [line]) }
        return Verdict(compared >= 2 && odds <= 1 ? .pass : .waiting, [line])
    }

    private func isWorse(_ canary: Double, _ stable: Double) -> Bool {
        switch rule.worse {
        case .higher: canary > stable + abs(stable) * rule.ratio
        case .lower: canary < stable - abs(stable) * rule.ratio
        }
    }
}
