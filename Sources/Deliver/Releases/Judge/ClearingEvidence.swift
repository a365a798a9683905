import Glibc

/// How often something happened on both tracks in the same seconds.
package struct PairedCounts: Sendable, Hashable, Codable {
    package var canary: Int
    /// Of `canary`, at most that many.
    package var canaryHits: Int
    package var stable: Int
    package var stableHits: Int

    package init(canary: Int = 0, canaryHits: Int = 0, stable: Int = 0, stableHits: Int = 0) {
        self.canary = canary
        self.canaryHits = canaryHits
        self.stable = stable
        self.stableHits = stableHits
    }

    static func + (left: PairedCounts, right: PairedCounts) -> PairedCounts {
        PairedCounts(
            canary: left.canary + right.canary, canaryHits: left.canaryHits + right.canaryHits,
            stable: left.stable + right.stable, stableHits: left.stableHits + right.stableHits)
    }
}

/// Evidence against a hypothesis about two rates, as odds that may be looked at as often as one likes.
///
/// The hypothesis is a half plane: the canary's rate is at most stable's plus `margin` (`.notWorse`), or at least that
/// (`.worse`). For each alternative of a fixed grid the likelihood of the counts is divided by their likelihood at the
/// nearest point of the hypothesis (nearest by Kullback–Leibler divergence, weighted by both counts). Each such ratio
/// has expectation at most 1 in every interval, whatever the true rates of that interval are, as long as the
/// hypothesis holds in it. So does the product over intervals, and so does the mean over the grid: it is a
/// non-negative supermartingale, and by Ville's inequality it ever reaches 1/α with probability at most α, at however many
/// looks. Rates may drift over time, together, without harm. Turner, Ly, Grünwald: Generic E-variables for exact
/// sequential k-sample tests (https://arxiv.org/abs/2106.02693), §2, with a shifted null as in their §4.
package struct SequentialComparison: Sendable, Hashable, Codable {
    /// What the evidence speaks against.
    package enum Hypothesis: String, Sendable, Hashable, Codable {
        /// canary ≤ stable + margin
        case notWorse
        /// canary ≥ stable + margin
        case worse
    }

    package let hypothesis: Hypothesis
    package let margin: Double
    /// Logarithm of each alternative's product, including its prior weight.
    private var logarithms: [Double]
    /// Counted, but not yet a pair: an interval needs requests on both sides.
    private var pending = PairedCounts()

    /// `margin`: 0 to 0.5, exclusive.
    package init(against hypothesis: Hypothesis, margin: Double) {
        self.hypothesis = hypothesis
        self.margin = min(max(margin, 0.0001), 0.5)
        logarithms = Self.alternatives(hypothesis, self.margin).map { log($0.weight) }
    }

    private struct Alternative {
        let stable: Double
        let canary: Double
        let weight: Double
    }

    private static func alternatives(_ hypothesis: Hypothesis, _ margin: Double) -> [Alternative] {
        var pairs: [(stable: Double, canary: Double, weight: Double)] = []
        switch hypothesis {
        case .notWorse:
            // A clean stable is what mostly happens.
            for (stable, weight) in [(0.001, 4.0), (0.01, 2), (0.05, 1), (0.2, 1), (0.5, 1)] {
                for canary in [0.03, 0.06, 0.12, 0.25, 0.5, 0.75, 0.95] where canary > stable + margin * 1.5 {
                    pairs.append((stable, canary, weight))
                }
            }
        case .worse:
            // Half of the weight on a clean canary, which is what mostly happens.
            let rates = [0.0005, 0.003, 0.015, 0.05, 0.15, 0.4]
            for rate in rates { pairs.append((rate, rate, rate == rates[0] ? Double(rates.count - 1) : 1)) }
        }
        let total = pairs.reduce(0) { $0 + $1.weight }
        return pairs.map { Alternative(stable: $0.stable, canary: $0.canary, weight: $0.weight / total) }
    }

    /// Adds what was counted on both tracks in one interval.
    package mutating func add(_ counts: PairedCounts) {
        let block = pending + counts
        guard block.canary > 0, block.stable > 0 else {
            pending = block
            return
        }
        pending = PairedCounts()
        for (index, alternative) in Self.alternatives(hypothesis, margin).enumerated() {
            logarithms[index] += gain(alternative, block)
        }
    }

    /// The odds against the hypothesis so far: 1 says nothing, 100 is a bet of one won a hundredfold.
    package var odds: Double { exp(min(logOdds, 700)) }

    private var logOdds: Double { Self.logSum(logarithms) }

    /// How many more canary requests would bring the odds to `target` if none of either track's had a hit, with
    /// `ratio` stable requests for each. Nil where a million are not enough.
    package func cleanRequests(to target: Double, ratio: Double) -> Int? {
        let goal = log(target)
        if logOdds >= goal { return 0 }
        let slopes = Self.alternatives(hypothesis, margin).map { alternative in
            slope(alternative, ratio: max(ratio, 0.01))
        }
        func reaches(_ requests: Int) -> Bool {
            Self.logSum(zip(logarithms, slopes).map { $0 + $1 * Double(requests) }) >= goal
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

    private func slope(_ alternative: Alternative, ratio: Double) -> Double {
        let null = nearest(alternative, canary: 1, stable: ratio)
        return log((1 - alternative.canary) / (1 - null.canary)) + ratio
            * log((1 - alternative.stable) / (1 - null.stable))
    }

    private func gain(_ alternative: Alternative, _ block: PairedCounts) -> Double {
        let null = nearest(alternative, canary: Double(block.canary), stable: Double(block.stable))
        return Self.likelihood(block.canaryHits, of: block.canary, alternative.canary, over: null.canary)
            + Self.likelihood(block.stableHits, of: block.stable, alternative.stable, over: null.stable)
    }

    private static func likelihood(_ hits: Int, of total: Int, _ rate: Double, over null: Double) -> Double {
        Double(hits) * log(rate / null) + Double(total - hits) * log((1 - rate) / (1 - null))
    }

    /// The point of the hypothesis nearest to an alternative: it lies on the border canary = stable + margin, where the
    /// derivative of the weighted divergence changes its sign.
    private func nearest(_ alternative: Alternative, canary: Double, stable: Double) -> (canary: Double, stable: Double)
    {
        var low = 0.0
        var high = 1 - margin
        for _ in 0..<60 {
            let rate = (low + high) / 2
            let shifted = rate + margin
            let slope =
                canary * ((1 - alternative.canary) / (1 - shifted) - alternative.canary / shifted)
                + stable * ((1 - alternative.stable) / (1 - rate) - alternative.stable / rate)
            if slope > 0 { high = rate } else { low = rate }
        }
        let rate = (low + high) / 2
        return (rate + margin, rate)
    }

    private static func logSum(_ values: [Double]) -> Double {
        let top = values.max() ?? 0
        return top + log(values.reduce(0) { $0 + exp($1 - top) })
    }
}
