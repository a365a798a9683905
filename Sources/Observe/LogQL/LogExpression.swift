package import Syntax

/// Which lines: streams by their labels, then what happens to each line, stage by stage.
package struct LogSelection: Sendable {
    package var matchers: [LabelMatcher]
    package var stages: [LogStage]
}

/// One condition on a label.
package struct LabelMatcher: Sendable {
    /// How a label is compared.
    package enum Operator: String, Sendable, CaseIterable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    package var name: String
    package var `operator`: Operator
    package var value: String
    /// For `=~` and `!~`: anchored at both ends.
    let pattern: LinePattern?

    /// An absent label counts as empty.
    package func accepts(_ labels: [String: String]) -> Bool {
        let value = labels[name] ?? ""
        return switch `operator` {
        case .equal: value == self.value
        case .notEqual: value != self.value
        case .matches: pattern?.matchesWhole(value) ?? false
        case .matchesNot: !(pattern?.matchesWhole(value) ?? true)
        }
    }
}

/// What happens to a line.
package enum LogStage: Sendable {
    case contains(String, negated: Bool)
    case matches(LinePattern, negated: Bool)
    case json
    case logfmt
    case label(LabelMatcher)
    case number(label: String, comparison: Comparison, value: Double)
}

/// How two numbers are compared.
package enum Comparison: String, Sendable, CaseIterable {
    case greaterOrEqual = ">="
    case lessOrEqual = "<="
    case equal = "=="
    case notEqual = "!="
    case greater = ">"
    case less = "<"

    package func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .greaterOrEqual: left >= right
        case .lessOrEqual: left <= right
        case .equal: left == right
        case .notEqual: left != right
        case .greater: left > right
        case .less: left < right
        }
    }
}

/// A query in LogQL: of lines, or of numbers made from lines.
///
/// https://grafana.com/docs/loki/latest/query/
package indirect enum LogExpression: Sendable {
    case lines(LogSelection)
    case metric(MetricExpression)

    package static func parse(_ text: String) throws(Diagnostic) -> LogExpression {
        var parser = LogParser(SourceText(name: "query", text))
        return try parser.query()
    }
}

/// Numbers over time.
package indirect enum MetricExpression: Sendable {
    case range(RangeFunction, LogSelection, window: Duration, offset: Duration)
    case aggregate(Aggregation, MetricExpression, Grouping, parameter: Int?)
    case number(Double)
    case binary(MetricExpression, BinaryOperator, MetricExpression)

    /// What is made of the lines of a window.
    package enum RangeFunction: String, Sendable, CaseIterable {
        case countOverTime = "count_over_time"
        case rate
        case bytesOverTime = "bytes_over_time"
        case bytesRate = "bytes_rate"
    }

    /// What is made of several series.
    package enum Aggregation: String, Sendable, CaseIterable {
        case sum, min, max, avg, count, topk, bottomk

        var takesParameter: Bool { self == .topk || self == .bottomk }
    }

    /// Which labels tell the groups apart.
    package enum Grouping: Sendable, Equatable {
        case by([String])
        case without([String])

        package func key(_ labels: [String: String]) -> [String: String] {
            switch self {
            case .by(let names): labels.filter { names.contains($0.key) }
            case .without(let names): labels.filter { !names.contains($0.key) }
            }
        }
    }

    /// Arithmetic and comparison; comparison keeps what holds.
    package enum BinaryOperator: Sendable, Equatable {
        case add, subtract, multiply, divide
        case compare(Comparison)
    }

    /// Every selection of lines in the expression.
    package var selections: [LogSelection] {
        switch self {
        case .range(_, let selection, _, _): [selection]
        case .aggregate(_, let inner, _, _): inner.selections
        case .number: []
        case .binary(let left, _, let right): left.selections + right.selections
        }
    }

    /// How far before the first step lines are needed.
    package var reach: Duration {
        switch self {
        case .range(_, _, let window, let offset): window + offset
        case .aggregate(_, let inner, _, _): inner.reach
        case .number: .zero
        case .binary(let left, _, let right): max(left.reach, right.reach)
        }
    }
}
