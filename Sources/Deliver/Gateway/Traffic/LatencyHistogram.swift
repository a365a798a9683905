/// How long requests took, in log-linear buckets of microseconds: exact below 128 µs, then 64 buckets for each doubling,
/// so that a bucket is at most 1.6 % wide. Values above `largest` count in the last bucket.
package struct LatencyHistogram: Sendable, Equatable {
    /// Counts by bucket. As long as the highest bucket used.
    package private(set) var counts: [UInt64] = []
    package private(set) var count: UInt64 = 0
    package private(set) var sumMicroseconds: UInt64 = 0

    /// The largest value told apart, in microseconds: a little more than an hour.
    package static let largest: UInt64 = (1 << 32) - 1
    private static let subBits = 6
    private static let linear = 1 << (subBits + 1)

    package init() {}

    package mutating func record(microseconds: UInt64) {
        let index = Self.index(of: microseconds)
        if index >= counts.count { counts.append(contentsOf: repeatElement(0, count: index + 1 - counts.count)) }
        counts[index] += 1
        count += 1
        sumMicroseconds &+= microseconds
    }

    /// Records the same duration several times.
    package mutating func add(_ microseconds: UInt64, times: UInt64) {
        let index = Self.index(of: microseconds)
        if index >= counts.count { counts.append(contentsOf: repeatElement(0, count: index + 1 - counts.count)) }
        counts[index] += times
        count += times
        sumMicroseconds &+= min(microseconds, Self.largest) &* times
    }

    /// The bucket that holds `microseconds`.
    package static func index(of microseconds: UInt64) -> Int {
        let value = min(microseconds, largest)
        if value < UInt64(linear) { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let sub = Int(value >> UInt64(exponent - subBits)) & ((1 << subBits) - 1)
        return linear + (exponent - subBits - 1) << subBits + sub
    }

    /// The smallest value of a bucket, in microseconds.
    package static func lowerBound(_ index: Int) -> UInt64 {
        if index < linear { return UInt64(index) }
        let octave = (index - linear) >> subBits
        let sub = (index - linear) & ((1 << subBits) - 1)
        return UInt64(1 << subBits + sub) << UInt64(octave + 1)
    }

    /// The first value above a bucket, in microseconds.
    package static func upperBound(_ index: Int) -> UInt64 { lowerBound(index + 1) }

    /// The value below which the share `q` (0...1) of the requests lies, in microseconds, interpolated in its bucket;
    /// nil without any request.
    package func quantile(_ q: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = min(max(q, 0), 1) * Double(count)
        var below: UInt64 = 0
        for (index, inBucket) in counts.enumerated() where inBucket > 0 {
            if Double(below + inBucket) >= rank {
                let lower = Double(Self.lowerBound(index))
                let share = max(0, rank - Double(below)) / Double(inBucket)
                return lower + share * (Double(Self.upperBound(index)) - lower)
            }
            below += inBucket
        }
        return Double(Self.upperBound(counts.count - 1))
    }

    /// How many requests took less than `microseconds`; the bucket that holds this value itself is left out.
    package func count(below microseconds: UInt64) -> UInt64 {
        counts.prefix(Self.index(of: microseconds)).reduce(0, +)
    }

    /// Adds the counts of another histogram.
    package mutating func add(_ other: LatencyHistogram) {
        if other.counts.count > counts.count {
            counts.append(contentsOf: repeatElement(0, count: other.counts.count - counts.count))
        }
        for (index, inBucket) in other.counts.enumerated() { counts[index] += inBucket }
        count += other.count
        sumMicroseconds &+= other.sumMicroseconds
    }

    /// What was recorded since `earlier`, a snapshot of the same histogram.
    package func since(_ earlier: LatencyHistogram) -> LatencyHistogram {
        var difference = self
        for (index, inBucket) in earlier.counts.enumerated() where index < difference.counts.count {
            difference.counts[index] -= min(inBucket, difference.counts[index])
        }
        difference.count = difference.counts.reduce(0, +)
        difference.sumMicroseconds = sumMicroseconds &- min(earlier.sumMicroseconds, sumMicroseconds)
        return difference
    }
}
