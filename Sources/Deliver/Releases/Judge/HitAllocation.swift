import Glibc

/// How the hits of one interval fall on the two tracks, given how many there were: Fisher's noncentral hypergeometric
/// distribution. What both tracks suffer together in a second only changes the number of hits, which is given.
enum HitAllocation {
    /// The logarithm of how much likelier these counts are if the canary's odds of a hit are `odds` times stable's than if
    /// they are the same. Its exponential has the mean 1 if they are the same, and less if the canary's are smaller.
    static func logRatio(_ counts: PairedCounts, odds: Double) -> Double {
        let (canary, stable, hits) = (counts.canary, counts.stable, counts.hits)
        let least = max(0, hits - stable)
        let most = min(hits, canary)
        guard least < most else { return 0 }
        let logOdds = log(odds)
        if hits == 1 {
            let mean = (Double(canary) * odds + Double(stable)) / Double(canary + stable)
            return Double(counts.canaryHits) * logOdds - log(mean)
        }
        let mode = mode(canary, stable, hits, odds, least, most)
        // The sum of all terms relative to the largest, outwards until nothing is added any more.
        var sum = 1.0
        var term = 1.0
        var value = mode
        while value < most {
            term *= odds * Double((canary - value) * (hits - value)) / Double((value + 1) * (stable - hits + value + 1))
            sum += term
            value += 1
            if term < sum * 1e-17 { break }
        }
        term = 1
        value = mode
        while value > least {
            term *= Double(value * (stable - hits + value)) / (odds * Double((canary - value + 1) * (hits - value + 1)))
            sum += term
            value -= 1
            if term < sum * 1e-17 { break }
        }
        let largest = choose(canary, mode) + choose(stable, hits - mode) + Double(mode) * logOdds
        return Double(counts.canaryHits) * logOdds - largest - log(sum) + choose(canary + stable, hits)
    }

    private static func mode(
        _ canary: Int, _ stable: Int, _ hits: Int, _ odds: Double, _ least: Int, _ most: Int
    ) -> Int {
        let a = odds - 1
        let b = Double(canary + hits + 2) * odds + Double(stable - hits)
        let c = Double(canary + 1) * Double(hits + 1) * odds
        let root = 2 * c / (b + max(0, b * b - 4 * a * c).squareRoot())
        return min(max(Int(root), least), most)
    }

    /// The logarithm of the binomial coefficient.
    static func choose(_ total: Int, _ part: Int) -> Double {
        logFactorial(total) - logFactorial(part) - logFactorial(total - part)
    }

    private static let small: [Double] = (0..<4096).map { lgamma(Double($0) + 1) }

    private static func logFactorial(_ number: Int) -> Double {
        number < small.count ? small[number] : lgamma(Double(number) + 1)
    }
}
