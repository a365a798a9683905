import Glibc

/// A small generator with a seed (SplitMix64), so that every run repeats.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Above 0, below 1.
    mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + unit() * (high - low) }

    /// How many of `count` happen: the gaps between them are geometric.
    mutating func hits(_ count: Int, _ probability: Double) -> Int {
        guard count > 0, probability > 0 else { return 0 }
        let scale = log(1 - min(probability, 0.999_999))
        var place = 0.0
        var found = 0
        while true {
            place += (log(unit()) / scale).rounded(.down) + 1
            if place > Double(count) { return found }
            found += 1
        }
    }

    mutating func poisson(_ mean: Double) -> Int {
        if mean > 60 {
            let normal = (-2 * log(unit())).squareRoot() * cos(2 * .pi * unit())
            return max(0, Int((mean + mean.squareRoot() * normal).rounded()))
        }
        let limit = exp(-mean)
        var product = unit()
        var count = 0
        while product > limit {
            product *= unit()
            count += 1
        }
        return count
    }
}
