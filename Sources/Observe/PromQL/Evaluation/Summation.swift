/// Compensated summation after Neumaier, so that small terms survive among large ones.
struct Summation {
    var sum = 0.0
    var compensation = 0.0

    @inline(__always)
    mutating func add(_ term: Double) {
        let total = sum + term
        if total.isInfinite {
            compensation = 0
        } else if sum.magnitude >= term.magnitude {
            compensation += (sum - total) + term
        } else {
            compensation += (term - total) + sum
        }
        sum = total
    }

    var value: Double { sum.isInfinite ? sum : sum + compensation }
}

/// A mean that goes over from a sum to a running mean when the sum would overflow.
struct Mean {
    private var summation = Summation()
    private(set) var count = 0.0
    private var isRunning = false

    @inline(__always)
    mutating func add(_ term: Double) {
        count += 1
        if !isRunning {
            var next = summation
            next.add(term)
            if !next.sum.isInfinite || count == 1 {
                summation = next
                return
            }
            isRunning = true
            summation.sum /= count - 1
            summation.compensation /= count - 1
        }
        let share = (count - 1) / count
        summation.sum *= share
        summation.compensation *= share
        summation.add(term / count)
    }

    var value: Double {
        isRunning ? summation.sum + summation.compensation : summation.sum / count + summation.compensation / count
    }
}

enum Quantile {
    /// The φ-quantile by linear interpolation; NaN is the smallest of all values.
    static func of(_ values: inout [Double], _ rank: Double) -> Double {
        if values.isEmpty || rank.isNaN { return .nan }
        if rank < 0 { return -.infinity }
        if rank > 1 { return .infinity }
        values.sort { $0.isNaN ? !$1.isNaN : $0 < $1 }
        let last = Double(values.count - 1)
        let position = rank * last
        let lower = max(0, position.rounded(.down))
        let upper = min(last, lower + 1)
        let weight = position - position.rounded(.down)
        return values[Int(lower)] * (1 - weight) + values[Int(upper)] * weight
    }
}
