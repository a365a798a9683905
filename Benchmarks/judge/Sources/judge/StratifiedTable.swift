import Glibc
import Releases

/// Fisher's exact test over several tables, each with its own totals.
enum StratifiedTable {
    /// The probability that at least so many of all hits fall on the canary if in each table both tracks are alike.
    static func tail(_ tables: [PairedCounts]) -> Double {
        var total: [Double] = [1]
        var least = 0
        var observed = 0
        for table in tables where table.isPair {
            let (first, weights) = distribution(table)
            least += first
            observed += table.canaryHits
            var sum = [Double](repeating: 0, count: total.count + weights.count - 1)
            for (index, weight) in total.enumerated() where weight > 1e-18 {
                for (other, value) in weights.enumerated() { sum[index + other] += weight * value }
            }
            total = sum
        }
        guard observed > least else { return 1 }
        return min(1, total.dropFirst(observed - least).reduce(0, +))
    }

    /// How the hits of one table fall on the canary, from the smallest number on.
    private static func distribution(_ table: PairedCounts) -> (first: Int, weights: [Double]) {
        let least = max(0, table.hits - table.stable)
        let most = min(table.hits, table.canary)
        let all = choose(table.total, table.hits)
        return (
            least,
            (least...most).map { exp(choose(table.canary, $0) + choose(table.stable, table.hits - $0) - all) }
        )
    }

    private static func choose(_ total: Int, _ part: Int) -> Double {
        lgamma(Double(total) + 1) - lgamma(Double(part) + 1) - lgamma(Double(total - part) + 1)
    }
}
