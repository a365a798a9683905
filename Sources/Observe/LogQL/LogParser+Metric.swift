import Problems
import Syntax

extension LogParser {
    /// Binary operators by precedence: comparison, then sums, then products.
    mutating func metric() throws(Diagnostic) -> MetricExpression {
        var left = try sum()
        while true {
            skipSpace()
            guard let comparison = Comparison.allCases.first(where: { take($0.rawValue) }) else { return left }
            left = .binary(left, .compare(comparison), try sum())
        }
    }

    private mutating func sum() throws(Diagnostic) -> MetricExpression {
        var left = try product()
        while true {
            skipSpace()
            if take("+") {
                left = .binary(left, .add, try product())
            } else if take("-") {
                left = .binary(left, .subtract, try product())
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(Diagnostic) -> MetricExpression {
        var left = try operand()
        while true {
            skipSpace()
            if take("*") {
                left = .binary(left, .multiply, try operand())
            } else if take("/") {
                left = .binary(left, .divide, try operand())
            } else {
                return left
            }
        }
    }

    private mutating func operand() throws(Diagnostic) -> MetricExpression {
        skipSpace()
        if take("(") {
            let inner = try metric()
            try expect(")")
            return inner
        }
        if let byte = scanner.current, byte.isASCIIDigit || byte == UInt8(ascii: ".") { return .number(try number()) }
        let start = scanner.offset
        let word = try identifier("a selector such as {app=\"…\"}, a function or a number")
        if let function = MetricExpression.RangeFunction(rawValue: word) { return try range(function) }
        if let aggregation = MetricExpression.Aggregation(rawValue: word) { return try aggregate(aggregation) }
        let known =
            MetricExpression.RangeFunction.allCases.map(\.rawValue)
            + MetricExpression.Aggregation.allCases.map(\.rawValue)
        throw Diagnostic(
            "logql.function", "\"\(word)\" is not a function that is supported",
            at: source.location(start..<scanner.offset),
            remedy: Suggestion.remedy(for: word, in: known), category: .unsupported)
    }

    /// `count_over_time({…} |= "x" [5m] offset 1h)`
    private mutating func range(_ function: MetricExpression.RangeFunction) throws(Diagnostic) -> MetricExpression {
        try expect("(")
        skipSpace()
        let selection = try selection()
        try expect("[")
        let window = try duration()
        try expect("]")
        skipSpace()
        let offset = take("offset") ? try duration() : .zero
        try expect(")")
        return .range(function, selection, window: window, offset: offset)
    }

    /// `sum by (a) (…)`, `sum (…) by (a)`, `topk(3, …)`
    private mutating func aggregate(_ aggregation: MetricExpression.Aggregation) throws(Diagnostic) -> MetricExpression
    {
        var grouping = try grouping()
        try expect("(")
        var parameter: Int?
        if aggregation.takesParameter {
            skipSpace()
            let place = scanner.offset
            let value = try number()
            guard value >= 1, value < 1e9 else { throw unexpected("a number from 1 on", at: place) }
            parameter = Int(value)
            try expect(",")
        }
        let inner = try metric()
        try expect(")")
        if grouping == nil { grouping = try self.grouping() }
        return .aggregate(aggregation, inner, grouping ?? .by([]), parameter: parameter)
    }

    private mutating func grouping() throws(Diagnostic) -> MetricExpression.Grouping? {
        skipSpace()
        let isBy = take("by")
        guard isBy || take("without") else { return nil }
        try expect("(")
        var names: [String] = []
        skipSpace()
        while scanner.current != UInt8(ascii: ")") {
            names.append(try identifier("a label's name"))
            skipSpace()
            if scanner.current == UInt8(ascii: ",") { scanner.advance() }
            skipSpace()
        }
        scanner.advance()
        return isBy ? .by(names) : .without(names)
    }

    /// `5m`, `1h30m`
    private mutating func duration() throws(Diagnostic) -> Duration {
        skipSpace()
        let start = scanner.offset
        let scales: [(String, Int)] = [
            ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000),
        ]
        var total = 0
        while let byte = scanner.current, byte.isASCIIDigit {
            guard let count = Int(source.string(scanner.take(while: \.isASCIIDigit))), count < 1_000_000_000,
                let scale = scales.first(where: { take($0.0) })
            else { throw unexpected("a duration such as 5m", at: start) }
            total += count * scale.1
        }
        if total == 0 { throw unexpected("a duration such as 5m", at: start) }
        return .milliseconds(total)
    }
}
