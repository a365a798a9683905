package import Gateway
import Glibc

/// Limits between which a quantile lies, with an error of 1 % over all looks together.
///
/// Howard and Ramdas: Sequential estimation of quantiles with applications to A/B testing and best-arm identification
/// (https://arxiv.org/abs/1906.09712), the stitched bound of §3.
package struct QuantileLimits: Sendable, Equatable {
    package let lower: Double
    package let upper: Double

    /// Nil where so few requests say nothing of this quantile.
    package init?(_ histogram: LatencyHistogram, _ quantile: Double, error: Double = 0.01) {
        let count = Double(histogram.count)
        guard count >= 32 else { return nil }
        let level = (1.4 * log(log(2.1 * count)) + log(10 / error)) / count
        let spread = 1.5 * (quantile * (1 - quantile) * level).squareRoot() + 0.8 * level
        guard quantile - spread > 0, quantile + spread < 1, let lower = histogram.quantile(quantile - spread),
            let upper = histogram.quantile(quantile + spread)
        else { return nil }
        (self.lower, self.upper) = (lower, upper)
    }
}
