import Glibc

/// Evidence that the canary's rate is less than stable's plus `margin`, as odds that may be looked at as often as one
/// likes.
///
/// The hypothesis that it speaks against is a half plane: canary ≥ stable + margin. For each alternative of a fixed grid
/// (both tracks alike) the likelihood of the counts is divided by their likelihood at the nearest point of the hypothesis
/// (nearest by Kullback–Leibler divergence, weighted by both counts). Each such ratio has expectation at most 1 in every
/// interval, whatever the true rates of that interval are, as long as the hypothesis holds in it. So does the product over
/// intervals, and so does the mean over the grid: it is a non-negative supermartingale, and by Ville's inequality it ever
/// reaches 1/β with probability at most β, at however many looks. Turner, Ly, Grünwald: Generic E-variables for exact
/// sequential k-sample tests (https://arxiv.org/abs/2106.02693), §2, with a shifted null as in their §4.
package struct ClearingEvidence: Sendable, Hashable, Codable {
    package let margin: Double
    /// Logarithm of each alternative's product, including its prior weight.
    private var logarithms: [Double]

    /// Rates that both tracks may have; half of the weight on a clean pair, which is what mostly happens.
    private static let alternatives: [(rate: Double, weight: Double)] = [
        (0.0005, 0.5), (0.003, 0.1), (0.015, 0.1), (0.05, 0.1), (0.15, 0.1), (0.4, 0.1),
    ]

    /// `margin`: 0 to 0.5, exclusive.
    package init(margin: Double) {
        self.margin = min(max(margin, 0.0001), 0.5)
        logarithms = Self.alternatives.map { log($0.weight) }
    }

    /// Counts of one interval with requests on both tracks.
    package mutating func add(_ counts: PairedCounts) {
        guard counts.isPair else { return }
        for (index, alternative) in Self.alternatives.enumerated() {
            let rate = alternative.rate
            let null = nearest(rate, canary: Double(counts.canary), stable: Double(counts.stable))
            logarithms[index] +=
                Self.likelihood(counts.canaryHits, of: counts.canary, rate, over: null + margin)
                + Self.likelihood(counts.stableHits, of: counts.stable, rate, over: null)
        }
    }

    /// 1 says nothing, 20 is a bet of one won twentyfold.
    package var odds: Double { HitEvidence.odds(logarithms) }

    /// How many more canary requests would bring the odds to `target` if none of either track's had a hit, with
    /// `ratio` stable requests for each. Nil where a million are not enough.
    package func cleanRequests(to target: Double, ratio: Double) -> Int? {
        if odds >= target { return 0 }
        let slopes = Self.alternatives.map { alternative in
            let null = nearest(alternative.rate, canary: 1, stable: max(ratio, 0.01))
            return log((1 - alternative.rate) / (1 - null - margin)) + max(ratio, 0.01)
                * log((1 - alternative.rate) / (1 - null))
        }
        func reaches(_ requests: Int) -> Bool {
            HitEvidence.odds(zip(logarithms, slopes).map { $0 + $1 * Double(requests) }) >= target
        }
        var high = 1
        while !reaches(high) {
            high *= 2
            if high > 1_000_000 { return nil }
        }
        var low = high / 2
        while high - low > 1 {
            let middle = (low + high) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        return high
    }

    private static func likelihood(_ hits: Int, of total: Int, _ rate: Double, over null: Double) -> Double {
        Double(hits) * log(rate / null) + Double(total - hits) * log((1 - rate) / (1 - null))
    }

    /// Stable's rate at the point of the hypothesis nearest to an alternative with `rate` on both tracks. It lies on the
    /// border canary = stable + margin, where the derivative of the weighted divergence changes its sign.
    private func nearest(_ rate: Double, canary: Double, stable: Double) -> Double {
        var low = 0.0
        var high = 1 - margin
        for _ in 0..<50 {
            let middle = (low + high) / 2
            let shifted = middle + margin
            let slope =
                canary * ((1 - rate) / (1 - shifted) - rate / shifted)
                + stable * ((1 - rate) / (1 - middle) - rate / middle)
            if slope > 0 { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }
}
