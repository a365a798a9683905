/// How much more of something the canary has than its share, summed over intervals that are each compared in themselves
/// (Mantel and Haenszel), so that what comes and goes on both tracks cancels out. For display and for caution: unlike
/// `HitEvidence` it keeps no bound when it is looked at again and again.
package struct ExcessScore: Sendable, Hashable, Codable {
    private var sum = 0.0
    private var variance = 0.0
    private var weight = 0.0

    package init() {}

    /// Counts of one interval with requests on both tracks.
    package mutating func add(_ counts: PairedCounts) {
        guard counts.isPair else { return }
        let (canary, stable) = (Double(counts.canary), Double(counts.stable))
        let (all, hits) = (canary + stable, Double(counts.hits))
        add(
            sum: Double(counts.canaryHits) - hits * canary / all,
            variance: hits * (all - hits) * canary * stable / (all * all * (all - 1)), weight: canary * stable / all)
    }

    /// One interval's sum over the canary beyond what its share explains, with that sum's variance if both tracks are
    /// alike, and what to divide it by for the difference between the tracks' means.
    package mutating func add(sum: Double, variance: Double, weight: Double) {
        self.sum += sum
        self.variance += variance
        self.weight += weight
    }

    package mutating func add(_ other: ExcessScore) {
        add(sum: other.sum, variance: other.variance, weight: other.weight)
    }

    /// The canary's mean minus stable's; 0 before anything was seen.
    package var difference: Double { weight > 0 ? sum / weight : 0 }
    /// The standard error of `difference` if both tracks are alike.
    package var error: Double { weight > 0 ? variance.squareRoot() / weight : .infinity }
    /// Standard deviations above what chance gives.
    package var z: Double { variance > 0 ? sum / variance.squareRoot() : 0 }

    /// Whether there is more than chance gives at one look, and it may be more than `tolerance`. `isLast`: the time for a
    /// verdict is over.
    func isSuspicious(beyond tolerance: Double, isLast: Bool) -> Bool {
        z > Self.limit(isLast: isLast) && difference + Self.limit(isLast: false) * error > tolerance
    }

    /// From here on a step is not passed: one in twenty canaries that are alike goes beyond it at a given look. When all
    /// the time has not made it clearer, it takes as much as an exact test at 1 % would.
    static func limit(isLast: Bool) -> Double { isLast ? 2.326 : 1.645 }
}
