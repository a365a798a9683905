/// Function calls.
extension Evaluation {
    func scalar(_ call: Call, _ grid: Grid) throws -> [Double] {
        switch call.function.name {
        case "time": return (0..<grid.count).map { Double(grid.time($0)) / 1000 }
        case "pi": return Array(repeating: .pi, count: grid.count)
        case "start": return Array(repeating: Double(start) / 1000, count: grid.count)
        case "end": return Array(repeating: Double(end) / 1000, count: grid.count)
        case "step": return Array(repeating: Double(step) / 1000, count: grid.count)
        case "range": return Array(repeating: Double(end - start) / 1000, count: grid.count)
        case "min_of", "max_of":
            let greater = call.function.name == "max_of"
            let right = try scalar(call.arguments[1], grid)
            return zip(try scalar(call.arguments[0], grid), right).map {
                ElementFunctions.extreme($0, $1, greater: greater)
            }
        case "scalar":
            var result = Array(repeating: Double.nan, count: grid.count)
            var seen = Array(repeating: false, count: grid.count)
            try stream(call.arguments[0], grid) { _, _, values in
                for (step, value) in values.enumerated() where !value.isAbsent {
                    result[step] = seen[step] ? .nan : value
                    seen[step] = true
                }
            }
            return result
        default: throw PromQLProblem.unsupported("the function \(call.function.name)")
        }
    }

    func stream(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        let name = call.function.name
        if let function = ElementFunctions.named(name) {
            if call.arguments.isEmpty {
                let seconds = (0..<grid.count).map { function(Double(grid.time($0)) / 1000) }
                return try emit(.empty, false, seconds)
            }
            return try elements(call.arguments[0], grid, emit) { value, _ in function(value) }
        }
        if let function = RangeFunctions.named(name) { return try overTime(call, grid, function, emit) }
        switch name {
        case "vector": try emit(.empty, false, try scalar(call.arguments[0], grid))
        case "clamp", "clamp_min", "clamp_max", "round": try adjusted(call, grid, emit)
        case "timestamp": try timestamps(call.arguments[0], grid, emit)
        case "absent", "absent_over_time": try absence(call, grid, emit)
        case "label_replace", "label_join": try relabelled(call, grid, emit)
        case "sort", "sort_desc", "sort_by_label", "sort_by_label_desc": try sorted(call, grid, emit)
        case "histogram_quantile", "histogram_quantiles", "histogram_fraction": try histogram(call, grid, emit)
        case "histogram_avg", "histogram_count", "histogram_sum", "histogram_stddev", "histogram_stdvar":
            // These look at native histograms only; the samples here are all floats, so nothing is left.
            try stream(call.arguments[0], grid) { _, _, _ in }
        default: throw PromQLProblem.unsupported("the function \(name)")
        }
    }

    func elements(
        _ argument: Expression, _ grid: Grid, _ emit: Emit, _ function: (_ value: Double, _ step: Int) -> Double
    ) throws {
        try stream(argument, grid) { labels, _, values in
            var result = values
            var found = false
            for step in result.indices where !values[step].isAbsent {
                result[step] = function(values[step], step)
                if !result[step].isAbsent { found = true }
            }
            if found { try emit(labels, true, result) }
        }
    }

    private func adjusted(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        let parameters = try call.arguments.dropFirst().map { try scalar($0, grid) }
        let argument = call.arguments[0]
        switch call.function.name {
        case "clamp":
            try elements(argument, grid, emit) { value, step in
                let (low, high) = (parameters[0][step], parameters[1][step])
                return high < low ? .absent : max(low, min(high, value), nan: value)
            }
        case "clamp_min":
            try elements(argument, grid, emit) { value, step in max(parameters[0][step], value, nan: value) }
        case "clamp_max":
            try elements(argument, grid, emit) { value, step in
                value.isNaN || parameters[0][step].isNaN ? .nan : min(parameters[0][step], value)
            }
        default:
            try elements(argument, grid, emit) { value, step in
                ElementFunctions.round(value, to: parameters.first?[step] ?? 1)
            }
        }
    }

    private func max(_ left: Double, _ right: Double, nan value: Double) -> Double {
        left.isNaN || right.isNaN || value.isNaN ? .nan : Swift.max(left, right)
    }

    private func overTime(_ call: Call, _ grid: Grid, _ function: (Window) -> Double, _ emit: Emit) throws {
        let name = call.function.name
        var range = call.arguments[0]
        var parameters: [[Double]] = []
        for argument in call.arguments {
            if argument.type == .matrix { range = argument } else { parameters.append(try scalar(argument, grid)) }
        }
        if name == "quantile_over_time" {
            for rank in parameters[0] { checkRank(rank, call.arguments[0].span) }
        }
        if name == "double_exponential_smoothing" {
            for (index, what) in ["smoothing", "trend"].enumerated() {
                guard let wrong = parameters[index].first(where: { !($0 > 0 && $0 < 1) }) else { continue }
                let short = index == 0 ? "sf" : "tf"
                throw PromQLProblem.evaluation(
                    "invalid \(what) factor. Expected: 0 < \(short) < 1, got: \(NumberText.plain(wrong))")
            }
        }
        let counters = name == "rate" || name == "increase" || name == "irate"
        try streamWindows(
            range, grid, keepsName: name == "last_over_time" || name == "first_over_time", parameters: parameters,
            check: { labels in if counters { checkCounter(labels, range.span) } }, function, emit)
    }

    private func checkCounter(_ labels: LabelSet, _ span: Range<Int>) {
        let name = labels.metricName
        if name.isEmpty || ["_total", "_sum", "_count", "_bucket"].contains(where: { name.hasSuffix($0) }) { return }
        annotations.inform(
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + Quoting.quote(name) + place(span))
    }

    private func timestamps(_ argument: Expression, _ grid: Grid, _ emit: Emit) throws {
        if case .selector(let selector) = argument.bare {
            return try latest(selector, grid, wantsTimes: true) { labels, _, seconds in try emit(labels, true, seconds)
            }
        }
        try elements(argument, grid, emit) { _, step in Double(grid.time(step)) / 1000 }
    }
}
