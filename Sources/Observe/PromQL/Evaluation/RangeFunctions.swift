/// Functions from a window of samples to a value; `absent` where the window is too small.
enum RangeFunctions {
    static func named(_ name: String) -> ((Window) -> Double)? {
        switch name {
        case "rate": { extrapolated($0, isCounter: true, isRate: true) }
        case "increase": { extrapolated($0, isCounter: true, isRate: false) }
        case "delta": { extrapolated($0, isCounter: false, isRate: false) }
        case "irate": { lastDifference($0, isRate: true) }
        case "idelta": { lastDifference($0, isRate: false) }
        case "deriv": { $0.count < 2 ? .absent : regression($0, around: $0.times[0]).slope }
        case "predict_linear": predict
        case "double_exponential_smoothing": smoothed
        case "sum_over_time": { sum($0).value }
        case "avg_over_time":
            { window in
                var mean = Mean()
                for value in window.values { mean.add(value) }
                return mean.value
            }
        case "min_over_time": { least($0, <) }
        case "max_over_time": { least($0, >) }
        case "count_over_time": { Double($0.count) }
        case "present_over_time": { _ in 1 }
        case "last_over_time": { $0.values[$0.last] }
        case "first_over_time": { $0.values[0] }
        case "stddev_over_time": { variance($0).squareRoot() }
        case "stdvar_over_time": variance
        case "mad_over_time": medianDeviation
        case "quantile_over_time":
            { window in
                var values = Array(window.values)
                return Quantile.of(&values, window.parameters.0)
            }
        case "changes": changes
        case "resets": resets
        case "ts_of_first_over_time": { Double($0.times[0]) / 1000 }
        case "ts_of_last_over_time": { Double($0.times[$0.last]) / 1000 }
        case "ts_of_min_over_time": { timeOfLeast($0, <=) }
        case "ts_of_max_over_time": { timeOfLeast($0, >=) }
        default: nil
        }
    }

    /// The difference over the window, extended to its bounds where the samples come near them.
    /// https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
    private static func extrapolated(_ window: Window, isCounter: Bool, isRate: Bool) -> Double {
        guard window.count > 1 else { return .absent }
        let last = window.last
        let first = window.values[0]
        var difference = window.values[last] - first
        if isCounter {
            var previous = first
            for value in window.values {
                if value < previous { difference += previous }
                previous = value
            }
        }
        let sampled = Double(window.times[last] - window.times[0]) / 1000
        var toStart = Double(window.times[0] - window.start) / 1000
        var toEnd = Double(window.end - window.times[last]) / 1000
        let spacing = sampled / Double(last)
        let threshold = spacing * 1.1
        if toStart >= threshold { toStart = spacing / 2 }
        if isCounter {
            // A counter does not go below zero: no further back than where it would have been zero.
            var toZero = toStart
            if difference > 0 && first >= 0 { toZero = sampled * (first / difference) }
            toStart = min(toStart, toZero)
        }
        if toEnd >= threshold { toEnd = spacing / 2 }
        var factor = (sampled + toStart + toEnd) / sampled
        if isRate { factor /= Double(window.end - window.start) / 1000 }
        return difference * factor
    }

    private static func lastDifference(_ window: Window, isRate: Bool) -> Double {
        guard window.count > 1 else { return .absent }
        let (last, previous) = (window.last, window.last - 1)
        let interval = window.times[last] - window.times[previous]
        if interval == 0 { return .absent }
        let isReset = isRate && window.values[last] < window.values[previous]
        let difference = isReset ? window.values[last] : window.values[last] - window.values[previous]
        return isRate ? difference / (Double(interval) / 1000) : difference
    }

    private static func sum(_ window: Window) -> Summation {
        var sum = Summation()
        for value in window.values { sum.add(value) }
        return sum
    }

    private static func least(_ window: Window, _ precedes: (Double, Double) -> Bool) -> Double {
        var result = window.values[0]
        for value in window.values where precedes(value, result) || result.isNaN { result = value }
        return result
    }

    private static func timeOfLeast(_ window: Window, _ precedes: (Double, Double) -> Bool) -> Double {
        var result = 0
        for index in 0..<window.count
        where precedes(window.values[index], window.values[result]) || window.values[result].isNaN {
            result = index
        }
        return Double(window.times[result]) / 1000
    }

    private static func variance(_ window: Window) -> Double {
        var mean = Summation()
        var squares = Summation()
        var count = 0.0
        for value in window.values {
            count += 1
            let difference = value - (mean.sum + mean.compensation)
            mean.add(difference / count)
            squares.add(difference * (value - (mean.sum + mean.compensation)))
        }
        return (squares.sum + squares.compensation) / count
    }

    private static func medianDeviation(_ window: Window) -> Double {
        var values = Array(window.values)
        let median = Quantile.of(&values, 0.5)
        var deviations = values.map { ($0 - median).magnitude }
        return Quantile.of(&deviations, 0.5)
    }

    private static func changes(_ window: Window) -> Double {
        var count = 0
        for index in 1..<max(1, window.count) {
            let (previous, value) = (window.values[index - 1], window.values[index])
            if value != previous && !(value.isNaN && previous.isNaN) { count += 1 }
        }
        return Double(count)
    }

    private static func resets(_ window: Window) -> Double {
        var count = 0
        for index in 1..<max(1, window.count) where window.values[index] < window.values[index - 1] { count += 1 }
        return Double(count)
    }

    private static func predict(_ window: Window) -> Double {
        guard window.count > 1 else { return .absent }
        let line = regression(window, around: window.now)
        return line.slope * window.parameters.0 + line.intercept
    }

    /// Least squares over seconds from `origin`.
    private static func regression(_ window: Window, around origin: Int64) -> (slope: Double, intercept: Double) {
        var (sumX, sumY, sumXY, sumXX) = (Summation(), Summation(), Summation(), Summation())
        var isConstant = true
        for index in 0..<window.count {
            let value = window.values[index]
            if value != window.values[0] { isConstant = false }
            let x = Double(window.times[index] - origin) / 1000
            sumX.add(x)
            sumY.add(value)
            sumXY.add(x * value)
            sumXX.add(x * x)
        }
        if isConstant { return window.values[0].isInfinite ? (.nan, .nan) : (0, window.values[0]) }
        let count = Double(window.count)
        let (x, y) = (sumX.sum + sumX.compensation, sumY.sum + sumY.compensation)
        let covariance = sumXY.sum + sumXY.compensation - x * y / count
        let variance = sumXX.sum + sumXX.compensation - x * x / count
        let slope = covariance / variance
        return (slope, y / count - slope * x / count)
    }

    /// Holt's linear method with a smoothing factor and a trend factor.
    private static func smoothed(_ window: Window) -> Double {
        guard window.count > 1 else { return .absent }
        let (smoothing, trendFactor) = window.parameters
        var previous = 0.0
        var level = window.values[0]
        var trend = window.values[1] - window.values[0]
        for index in 1..<window.count {
            if index > 1 { trend = trendFactor * (level - previous) + (1 - trendFactor) * trend }
            let next = smoothing * window.values[index] + (1 - smoothing) * (level + trend)
            (previous, level) = (level, next)
        }
        return level
    }
}
