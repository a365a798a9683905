import Glibc

/// The Mann–Whitney rank test on two histograms with the same buckets: values in one bucket are ties.
package struct RankTest: Sendable, Equatable {
    /// The share of pairs in which the first sample's value is the larger one, ties counted half: 0.5 where both are alike.
    package let larger: Double
    /// How many standard deviations the first sample lies above what chance gives.
    package let z: Double
    /// One-sided: the probability of at least this z if both samples came from one distribution.
    package let p: Double

    /// Nil where a sample is empty or all values are tied.
    package init?(_ first: [UInt64], above second: [UInt64]) {
        let buckets = max(first.count, second.count)
        func at(_ counts: [UInt64], _ index: Int) -> Double { index < counts.count ? Double(counts[index]) : 0 }
        var pairs = 0.0
        var below = 0.0
        var ties = 0.0
        for index in 0..<buckets {
            let mine = at(first, index)
            let other = at(second, index)
            pairs += mine * (below + other / 2)
            below += other
            let tied = mine + other
            ties += tied * tied * tied - tied
        }
        let count = Double(first.reduce(0, +))
        let others = Double(second.reduce(0, +))
        let total = count + others
        guard count > 0, others > 0, total > 1 else { return nil }
        let variance = count * others / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else { return nil }
        larger = pairs / (count * others)
        // Half a pair is taken off as continuity correction.
        z = (pairs - count * others / 2 - 0.5) / variance.squareRoot()
        p = Self.tail(z)
    }

    /// How many values of the first sample show a share `larger` of larger pairs with power 95 % at level `alpha`, when
    /// the first sample is `share` of all values (Noether 1987).
    package static func needed(larger: Double, alpha: Double, share: Double) -> Int {
        let z = quantile(alpha) + 1.645
        let share = min(max(share, 0.001), 0.999)
        let total = z * z / (12 * share * (1 - share) * (larger - 0.5) * (larger - 0.5))
        return max(30, Int((total * share).rounded(.up)))
    }

    /// P(Z ≥ z) of the standard normal distribution.
    static func tail(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

    /// The z with P(Z ≥ z) = p.
    static func quantile(_ p: Double) -> Double {
        var low = -10.0
        var high = 10.0
        for _ in 0..<80 {
            let middle = (low + high) / 2
            if tail(middle) > p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
