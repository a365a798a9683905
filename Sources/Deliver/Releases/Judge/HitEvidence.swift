import Glibc

/// Evidence that the canary has more hits than its share, as odds that may be looked at as often as one likes.
///
/// Within one interval the number of hits is taken as given, and asked how they fell on the two tracks. If the canary's
/// odds of a hit are at most stable's in that interval, whatever these are, the likelihood ratio of each alternative has
/// a mean of at most 1. So has the product over intervals, and so has the mixture of the alternatives: a non-negative
/// supermartingale, which ever reaches 1/α with probability at most α, at however many looks (Ville's inequality; Ramdas
/// et al., Game-theoretic statistics and safe anytime-valid inference, https://arxiv.org/abs/2210.01948). Rates may drift
/// over time, together, without harm.
///
/// One interval multiplies the odds by at most ten, which keeps the bound: no single second decides.
package struct HitEvidence: Sendable, Hashable, Codable {
    /// The most by which one interval raises the odds.
    static let mostOfOne = log(10.0)
    /// How many times larger the canary's odds of a hit may be, with prior weights that add up to 1.
    static let alternatives: [(odds: Double, weight: Double)] = [
        (1.2, 0.1), (1.5, 0.1), (2, 0.1), (3.5, 0.1), (8, 0.15), (30, 0.2), (1000, 0.25),
    ]

    /// Whether more hits on the canary are worse, or fewer.
    private let isMoreWorse: Bool
    private var logarithms = Self.alternatives.map { log($0.weight) }

    package init(isMoreWorse: Bool = true) { self.isMoreWorse = isMoreWorse }

    /// Counts of one interval with requests on both tracks.
    package mutating func add(_ counts: PairedCounts) {
        guard counts.hits > 0, counts.isPair else { return }
        for (index, alternative) in Self.alternatives.enumerated() {
            let odds = isMoreWorse ? alternative.odds : 1 / alternative.odds
            logarithms[index] += min(HitAllocation.logRatio(counts, odds: odds), Self.mostOfOne)
        }
    }

    /// Events without a number of trials, such as lines or orders: `expected` is the part of them that falls on the canary
    /// if both tracks are alike (its part of the requests in the same interval).
    package mutating func add(canary: Int, stable: Int, expected: Double) {
        guard canary + stable > 0, expected > 0, expected < 1 else { return }
        for (index, alternative) in Self.alternatives.enumerated() {
            let odds = isMoreWorse ? alternative.odds : 1 / alternative.odds
            let gain = Double(canary) * log(odds) - Double(canary + stable) * log(1 + (odds - 1) * expected)
            logarithms[index] += min(gain, Self.mostOfOne)
        }
    }

    /// 1 says nothing, 100 is a bet of one won a hundredfold.
    package var odds: Double { Self.odds(logarithms) }

    static func odds(_ logarithms: [Double]) -> Double {
        let top = logarithms.max() ?? 0
        return exp(min(700, top + log(logarithms.reduce(0) { $0 + exp($1 - top) })))
    }
}
