/// The samples of one series in the window of one step: at least one.
struct Window {
    let times: UnsafeBufferPointer<Int64>
    let values: UnsafeBufferPointer<Double>
    /// The window's bounds; the start is not part of it.
    let start: Int64
    let end: Int64
    /// The time of the step itself.
    let now: Int64
    /// Other arguments of the function at this step.
    let parameters: (Double, Double)

    var count: Int { values.count }
    var last: Int { values.count - 1 }
}

extension Evaluation {
    /// Applies a function to the window of every step of every series.
    func streamWindows(
        _ expression: Expression, _ grid: Grid, keepsName: Bool, parameters: [[Double]] = [],
        check: (LabelSet) -> Void = { _ in }, _ function: (Window) -> Double, _ emit: Emit
    ) throws {
        let first = parameters.first
        let second = parameters.dropFirst().first
        try windows(expression, grid) { labels, dropsName, samples, windows in
            var found = false
            var low = 0
            var high = 0
            let count = samples.times.count
            let result = [Double](unsafeUninitializedCapacity: grid.count) { output, initialized in
                samples.times.withUnsafeBufferPointer { times in
                    samples.values.withUnsafeBufferPointer { values in
                        for step in 0..<grid.count {
                            let (start, end) = (windows.start(step), windows.end(step))
                            while high < count, times[high] <= end { high += 1 }
                            while low < high, times[low] <= start { low += 1 }
                            output[step] = .absent
                            guard low < high else { continue }
                            let value = function(
                                Window(
                                    times: UnsafeBufferPointer(rebasing: times[low..<high]),
                                    values: UnsafeBufferPointer(rebasing: values[low..<high]), start: start, end: end,
                                    now: grid.time(step), parameters: (first?[step] ?? 0, second?[step] ?? 0)))
                            output[step] = value
                            if !value.isAbsent { found = true }
                        }
                    }
                }
                initialized = grid.count
            }
            guard found else { return }
            check(labels)
            try emit(labels, dropsName || !keepsName, result)
        }
    }
}
