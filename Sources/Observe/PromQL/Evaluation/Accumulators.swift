/// What an aggregation keeps for one group: something for each step, updated series by series.
protocol Accumulator {
    init(steps: Int)
    mutating func add(_ values: [Double])
    /// A value for each step, absent where no series had one.
    func finish() -> [Double]
}

struct SumAccumulator: Accumulator {
    private var sums: [Summation]
    private var seen: [Bool]

    init(steps: Int) {
        sums = Array(repeating: Summation(), count: steps)
        seen = Array(repeating: false, count: steps)
    }

    mutating func add(_ values: [Double]) {
        sums.withUnsafeMutableBufferPointer { sums in
            seen.withUnsafeMutableBufferPointer { seen in
                values.withUnsafeBufferPointer { values in
                    for step in 0..<values.count where !values[step].isAbsent {
                        sums[step].add(values[step])
                        seen[step] = true
                    }
                }
            }
        }
    }

    func finish() -> [Double] { zip(sums, seen).map { $1 ? $0.value : .absent } }
}

struct MeanAccumulator: Accumulator {
    private var means: [Mean]

    init(steps: Int) { means = Array(repeating: Mean(), count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent { means[step].add(value) }
    }

    func finish() -> [Double] { means.map { $0.count == 0 ? .absent : $0.value } }
}

struct CountAccumulator: Accumulator {
    private var counts: [Double]

    init(steps: Int) { counts = Array(repeating: 0, count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent { counts[step] += 1 }
    }

    func finish() -> [Double] { counts.map { $0 == 0 ? .absent : $0 } }
}

struct GroupAccumulator: Accumulator {
    private var seen: [Double]

    init(steps: Int) { seen = Array(repeating: .absent, count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent { seen[step] = 1 }
    }

    func finish() -> [Double] { seen }
}

struct LeastAccumulator: Accumulator {
    private var least: [Double]

    init(steps: Int) { least = Array(repeating: .absent, count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent {
            if least[step].isNaN || value < least[step] { least[step] = value }
        }
    }

    func finish() -> [Double] { least }
}

struct GreatestAccumulator: Accumulator {
    private var greatest: [Double]

    init(steps: Int) { greatest = Array(repeating: .absent, count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent {
            if greatest[step].isNaN || value > greatest[step] { greatest[step] = value }
        }
    }

    func finish() -> [Double] { greatest }
}

struct VarianceAccumulator: Accumulator {
    private struct Moments {
        var count = 0.0
        var mean = 0.0
        var squares = 0.0
    }

    private var moments: [Moments]

    init(steps: Int) { moments = Array(repeating: Moments(), count: steps) }

    mutating func add(_ values: [Double]) {
        for (step, value) in values.enumerated() where !value.isAbsent {
            moments[step].count += 1
            if value.isInfinite || value.isNaN { moments[step].squares = .nan }
            let difference = value - moments[step].mean
            moments[step].mean += difference / moments[step].count
            moments[step].squares += difference * (value - moments[step].mean)
        }
    }

    func finish() -> [Double] { moments.map { $0.count == 0 ? .absent : $0.squares / $0.count } }
}
