import Gateway
import Glibc

/// The limits that sort one interval's requests into fast and slow, taken from what stable did before that interval, and
/// what a slower canary would be expected to do at them.
struct LatencyGauge: Sendable {
    /// Buckets of the histogram, rising: a request is beyond a limit if it lies in this bucket or above.
    let limits: [Int]
    /// For each alternative of a slower canary: by how much its odds to go beyond each limit exceed stable's, among the
    /// requests that are beyond the limit before.
    let odds: [[Double]]
    /// Positions in `limits` of stable's p50, p95 and p99; nil where too few requests lie beyond.
    let p50: Int?
    let p95: Int?
    let p99: Int?

    /// Stable requests that must have been seen.
    static let least: UInt64 = 50
    private static let quantiles = [0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.99]
    /// All requests slower by these ratios.
    static let ratios = [0.04, 0.08, 0.16, 0.35, 1, 4]

    /// Nil while stable has too few requests to know its limits.
    init?(_ stable: LatencyHistogram) {
        guard stable.count >= Self.least else { return nil }
        let curve = LatencyCurve(stable)
        var limits: [Int] = []
        var places: [Double: Int] = [:]
        for quantile in Self.quantiles where Double(stable.count) * (1 - quantile) >= 5 {
            let limit = curve.bucket(of: quantile) + 1
            if limit != limits.last { limits.append(limit) }
            places[quantile] = limits.count - 1
        }
        self.limits = limits
        (p50, p95, p99) = (places[0.5], places[0.95], places[0.99])
        odds = Self.ratios.map { ratio in
            var before = (stable: 1.0, canary: 1.0)
            return limits.map { limit in
                let edge = Double(LatencyHistogram.lowerBound(limit))
                let beyond = (stable: curve.share(beyond: edge), canary: curve.share(beyond: edge / (1 + ratio)))
                defer { before = beyond }
                let stable = Self.odds(beyond.stable / max(before.stable, 1e-9))
                let canary = Self.odds(beyond.canary / max(before.canary, 1e-9))
                return min(max(1, canary / stable), 1000)
            }
        }
    }

    /// By how much the canary's mean rank would lie above stable's if all requests took longer by a ratio.
    func rankDifference(_ curve: LatencyCurve, slowerBy ratio: Double) -> Double {
        var (before, sum) = ((stable: 1.0, canary: 1.0), 0.0)
        for place in 0...limits.count {
            var beyond = (stable: 0.0, canary: 0.0)
            if place < limits.count {
                let edge = Double(LatencyHistogram.lowerBound(limits[place]))
                beyond = (curve.share(beyond: edge), curve.share(beyond: edge / (1 + ratio)))
            }
            let rank = 0.5 - (before.stable + beyond.stable) / 2
            sum += rank * ((before.canary - beyond.canary) - (before.stable - beyond.stable))
            before = beyond
        }
        return sum
    }

    private static func odds(_ share: Double) -> Double {
        let share = min(max(share, 0.001), 0.999)
        return share / (1 - share)
    }

    /// How many of a track's requests lie beyond each limit.
    func beyond(_ histogram: LatencyHistogram) -> [Int] {
        var counts = [Int](repeating: 0, count: limits.count)
        var place = limits.count - 1
        var sum: UInt64 = 0
        var index = histogram.counts.count - 1
        while place >= 0 {
            while index >= limits[place] {
                sum += histogram.counts[index]
                index -= 1
            }
            counts[place] = Int(clamping: sum)
            place -= 1
        }
        return counts
    }
}

/// A histogram as a curve that is read at many places.
struct LatencyCurve: Sendable {
    private let below: [UInt64]
    private let count: Double

    init(_ histogram: LatencyHistogram) {
        var sum: UInt64 = 0
        var below: [UInt64] = [0]
        for inBucket in histogram.counts {
            sum += inBucket
            below.append(sum)
        }
        self.below = below
        count = Double(sum)
    }

    /// The bucket in which the quantile lies.
    func bucket(of quantile: Double) -> Int {
        let rank = quantile * count
        var low = 0
        var high = below.count - 1
        while low < high {
            let middle = (low + high) / 2
            if Double(below[middle]) < rank { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// The share of requests that took at least so long, interpolated in its bucket.
    func share(beyond microseconds: Double) -> Double {
        guard count > 0 else { return 0 }
        let index = LatencyHistogram.index(of: UInt64(max(0, microseconds)))
        guard index + 1 < below.count else { return 0 }
        let lower = Double(LatencyHistogram.lowerBound(index))
        let part = (microseconds - lower) / (Double(LatencyHistogram.upperBound(index)) - lower)
        let inBucket = Double(below[index + 1] - below[index])
        return 1 - (Double(below[index]) + min(max(part, 0), 1) * inBucket) / count
    }
}
