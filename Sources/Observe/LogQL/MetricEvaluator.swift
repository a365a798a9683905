/// Lines of one stream: nanoseconds since 1970, in ascending order, and text.
package struct LogLines: Sendable {
    package var labels: [String: String]
    package var entries: [(time: Int64, line: String)]

    package init(labels: [String: String], entries: [(time: Int64, line: String)]) {
        self.labels = labels
        self.entries = entries
    }
}

/// A series of numbers: seconds since 1970 → value, at the steps where there is one.
package struct LogSeries: Sendable, Equatable {
    package var labels: [String: String]
    package var points: [Point]

    /// One number.
    package struct Point: Sendable, Equatable {
        /// Milliseconds since 1970.
        package var time: Int64
        package var value: Double
        package init(time: Int64, value: Double) {
            self.time = time
            self.value = value
        }
    }
}

/// Makes numbers from lines.
package struct MetricEvaluator: Sendable {
    /// The steps at which the query is evaluated, in milliseconds since 1970.
    private let steps: [Int64]
    private let lines: @Sendable ([LabelMatcher]) -> [LogLines]

    /// - Parameter lines: The lines of the streams that match, from before the first step by the query's reach.
    package init(steps: [Int64], lines: @escaping @Sendable ([LabelMatcher]) -> [LogLines]) {
        self.steps = steps
        self.lines = lines
    }

    /// Series in the order of their labels.
    package func evaluate(_ expression: MetricExpression) -> [LogSeries] {
        let series = values(expression)
        return series.map { labels, values in
            LogSeries(
                labels: labels,
                points: zip(steps, values).compactMap { time, value in
                    value.map { LogSeries.Point(time: time, value: $0) }
                })
        }.filter { !$0.points.isEmpty }.sorted { Self.order($0.labels) < Self.order($1.labels) }
    }

    private typealias Values = [[String: String]: [Double?]]

    private func values(_ expression: MetricExpression) -> Values {
        switch expression {
        case .number(let number): [[:]: Array(repeating: number, count: steps.count)]
        case .range(let function, let selection, let window, let offset): range(function, selection, window, offset)
        case .aggregate(let aggregation, let inner, let grouping, let parameter):
            aggregate(aggregation, values(inner), grouping, parameter)
        case .binary(let left, let operation, let right): binary(left, operation, right)
        }
    }

    private func range(
        _ function: MetricExpression.RangeFunction, _ selection: LogSelection, _ window: Duration, _ offset: Duration
    ) -> Values {
        let processor = LineProcessor(selection)
        var buckets: [[String: String]: [(time: Int64, bytes: Int)]] = [:]
        for stream in lines(selection.matchers) {
            for entry in stream.entries {
                guard let labels = processor.labels(of: entry.line, in: stream.labels) else { continue }
                buckets[labels, default: []].append((entry.time, entry.line.utf8.count))
            }
        }
        let windowMilliseconds = window.milliseconds
        let offsetMilliseconds = offset.milliseconds
        return buckets.mapValues { unsorted in
            let entries = unsorted.sorted { $0.time < $1.time }
            var first = 0
            var last = 0
            return steps.map { step in
                // Left-open: (end - window, end]
                let end = (step - offsetMilliseconds) * 1_000_000
                let start = end - windowMilliseconds * 1_000_000
                while last < entries.count, entries[last].time <= end { last += 1 }
                while first < last, entries[first].time <= start { first += 1 }
                if first == last { return nil }
                let seconds = Double(windowMilliseconds) / 1000
                switch function {
                case .countOverTime: return Double(last - first)
                case .rate: return Double(last - first) / seconds
                case .bytesOverTime: return Double(entries[first..<last].reduce(0) { $0 + $1.bytes })
                case .bytesRate: return Double(entries[first..<last].reduce(0) { $0 + $1.bytes }) / seconds
                }
            }
        }
    }

    private func aggregate(
        _ aggregation: MetricExpression.Aggregation, _ values: Values, _ grouping: MetricExpression.Grouping,
        _ parameter: Int?
    ) -> Values {
        let groups = Dictionary(grouping: values.sorted { Self.order($0.key) < Self.order($1.key) }) {
            grouping.key($0.key)
        }
        if aggregation.takesParameter { return select(aggregation, groups.values.map { $0 }, parameter ?? 1) }
        return groups.mapValues { members in
            steps.indices.map { index in
                let present = members.compactMap { $0.value[index] }
                if present.isEmpty { return nil }
                return switch aggregation {
                case .sum: present.reduce(0, +)
                case .avg: present.reduce(0, +) / Double(present.count)
                case .min: present.min()
                case .max: present.max()
                case .count: Double(present.count)
                case .topk, .bottomk: nil
                }
            }
        }
    }

    private func select(_ aggregation: MetricExpression.Aggregation, _ groups: [[Values.Element]], _ count: Int)
        -> Values
    {
        var kept: Values = [:]
        for members in groups {
            for index in steps.indices {
                let present = members.filter { $0.value[index] != nil }.sorted { left, right in
                    let (a, b) = (left.value[index] ?? 0, right.value[index] ?? 0)
                    return aggregation == .topk ? a > b : a < b
                }
                for member in present.prefix(count) {
                    kept[member.key, default: Array(repeating: nil, count: steps.count)][index] = member.value[index]
                }
            }
        }
        return kept
    }

    private func binary(
        _ left: MetricExpression, _ operation: MetricExpression.BinaryOperator, _ right: MetricExpression
    ) -> Values {
        let leftValues = values(left)
        let rightValues = values(right)
        let combine: (Double?, Double?) -> Double? = { a, b in
            guard let a, let b else { return nil }
            return switch operation {
            case .add: a + b
            case .subtract: a - b
            case .multiply: a * b
            case .divide: a / b
            case .compare(let comparison): comparison.holds(a, b) ? a : nil
            }
        }
        if case .number = right, let scalar = rightValues[[:]] {
            return leftValues.mapValues { zip($0, scalar).map(combine) }
        }
        if case .number = left, let scalar = leftValues[[:]] {
            return rightValues.mapValues { zip(scalar, $0).map(combine) }
        }
        var out: Values = [:]
        for (labels, values) in leftValues {
            if let others = rightValues[labels] { out[labels] = zip(values, others).map(combine) }
        }
        return out
    }

    private static func order(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension Duration {
    /// Whole milliseconds.
    package var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
