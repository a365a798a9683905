import Glibc

/// Fisher's exact test of two shares.
package enum FisherTest {
    /// The probability that at least `hits` of all hits fall on the first sample if both have the same share
    /// (hypergeometric distribution).
    package static func tail(hits: UInt64, of count: UInt64, otherHits: UInt64, of others: UInt64) -> Double {
        let all = count + others
        let marked = hits + otherHits
        guard count > 0, others > 0, marked > 0, hits > 0 else { return 1 }
        let most = min(marked, count)
        guard hits <= most else { return 1 }
        let denominator = choose(all, count)
        var sum = 0.0
        for value in hits...most where count - value <= all - marked {
            let term = exp(choose(marked, value) + choose(all - marked, count - value) - denominator)
            sum += term
            // Far in the tail nothing more is added.
            if term < sum * 1e-12 { break }
        }
        return min(1, sum)
    }

    /// The logarithm of the binomial coefficient.
    private static func choose(_ total: UInt64, _ part: UInt64) -> Double {
        lgamma(Double(total) + 1) - lgamma(Double(part) + 1) - lgamma(Double(total - part) + 1)
    }
}
