import Glibc

/// What so much traffic could have shown by now.
package enum Sensitivity {
    /// With this probability a regression of the size named would have been found.
    static let power = 0.95
    private static let powerQuantile = 1.645
    /// The logarithm of what it costs not to know the alternative beforehand.
    private static let mixture = 2.0

    /// The evidence (in natural logarithms) that must be expected so that the odds reach `failing` with `power`: its
    /// standard deviation is the root of twice its mean.
    static func evidence(failing: Double) -> Double {
        let goal = log(failing) + mixture
        let root = (2.0.squareRoot() * powerQuantile + (2 * powerQuantile * powerQuantile + 4 * goal).squareRoot()) / 2
        return root * root
    }

    /// The evidence that each canary request is expected to bring if the canary's rate is `rate + excess` and stable's
    /// `rate`, with `ratio` stable requests for each.
    static func evidenceOfOne(rate: Double, excess: Double, ratio: Double) -> Double {
        let worse = min(1, rate + excess)
        let common = (worse + ratio * rate) / (1 + ratio)
        return divergence(worse, common) + ratio * divergence(rate, common)
    }

    /// The smallest excess over `rate` that would have been found among so many requests; nil where not even the largest
    /// would.
    package static func excess(canary: Int, stable: Int, rate: Double, failing: Double) -> Double? {
        guard canary > 0, stable > 0, rate < 1 else { return nil }
        let needed = evidence(failing: failing) / Double(canary)
        let ratio = Double(stable) / Double(canary)
        guard evidenceOfOne(rate: rate, excess: 1 - rate, ratio: ratio) >= needed else { return nil }
        var low = 0.0
        var high = 1 - rate
        for _ in 0..<40 {
            let middle = (low + high) / 2
            if evidenceOfOne(rate: rate, excess: middle, ratio: ratio) < needed { low = middle } else { high = middle }
        }
        return high
    }

    /// The Kullback–Leibler divergence of two coins.
    private static func divergence(_ p: Double, _ q: Double) -> Double {
        func part(_ p: Double, _ q: Double) -> Double { p <= 0 ? 0 : p * log(p / max(q, 1e-12)) }
        return part(p, q) + part(1 - p, 1 - q)
    }
}
