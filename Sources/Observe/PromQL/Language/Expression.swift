/// What an expression yields.
package enum ValueType: String, Sendable {
    case scalar
    case vector
    case matrix
    case string

    /// The name in error messages.
    var documented: String {
        switch self {
        case .scalar: "scalar"
        case .vector: "instant vector"
        case .matrix: "range vector"
        case .string: "string"
        }
    }
}

/// A query's syntax tree. Spans are byte ranges in the text.
package indirect enum Expression: Sendable {
    case number(Double, span: Range<Int>)
    case string(String, span: Range<Int>)
    case selector(VectorSelector)
    case range(RangeSelector)
    case subquery(Subquery)
    case call(Call)
    case aggregation(Aggregation)
    case binary(BinaryOperation)
    case unary(negates: Bool, Expression, span: Range<Int>)
    case parentheses(Expression, span: Range<Int>)

    package var span: Range<Int> {
        switch self {
        case .number(_, let span), .string(_, let span), .unary(_, _, let span), .parentheses(_, let span): span
        case .selector(let selector): selector.span
        case .range(let range): range.span
        case .subquery(let subquery): subquery.span
        case .call(let call): call.span
        case .aggregation(let aggregation): aggregation.span
        case .binary(let operation): operation.left.span.lowerBound..<operation.right.span.upperBound
        }
    }

    package var type: ValueType {
        switch self {
        case .number: .scalar
        case .string: .string
        case .selector, .aggregation: .vector
        case .range, .subquery: .matrix
        case .call(let call): call.function.result
        case .unary(_, let inner, _), .parentheses(let inner, _): inner.type
        case .binary(let operation):
            operation.left.type == .scalar && operation.right.type == .scalar ? .scalar : .vector
        }
    }

    /// The expression inside any parentheses.
    var bare: Expression {
        if case .parentheses(let inner, _) = self { return inner.bare }
        return self
    }
}

/// When an expression is evaluated, if not at the time of the query.
package struct TimeShift: Sendable, Equatable {
    package enum Anchor: Sendable, Equatable {
        case time(Int64)
        case start
        case end
    }

    /// `@`
    package var anchor: Anchor?
    /// `offset`, in milliseconds; positive is the past.
    package var offset: Int64 = 0
}

/// `name{label="value"} @ time offset duration`
package struct VectorSelector: Sendable {
    package var name: String?
    /// All conditions, with the one on the name.
    package var matchers: [LabelMatcher]
    package var shift = TimeShift()
    package var span: Range<Int>
}

/// `selector[range]`
package struct RangeSelector: Sendable {
    package var selector: VectorSelector
    /// Milliseconds.
    package var range: Int64
    package var span: Range<Int>
}

/// `(expression)[range:step]`
package struct Subquery: Sendable {
    package var inner: Expression
    package var range: Int64
    /// Milliseconds; nil is the default step.
    package var step: Int64?
    package var shift = TimeShift()
    package var span: Range<Int>
}

/// `function(arguments)`
package struct Call: Sendable {
    package var function: Function
    package var arguments: [Expression]
    package var span: Range<Int>
}

/// `sum by (label) (expression)`
package struct Aggregation: Sendable {
    package enum Operator: String, Sendable, CaseIterable {
        case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, quantile, limitk
        case countValues = "count_values"
        case limitRatio = "limit_ratio"
    }

    package var op: Operator
    package var inner: Expression
    package var parameter: Expression?
    package var grouping: LabelNames
    package var without: Bool
    package var span: Range<Int>
}

/// `left op right`
package struct BinaryOperation: Sendable {
    package var op: BinaryOperator
    package var left: Expression
    package var right: Expression
    package var returnsBool = false
    package var matching: VectorMatching?
}

/// How the series of two vectors find each other.
package struct VectorMatching: Sendable {
    package enum Cardinality: Sendable {
        case oneToOne, manyToOne, oneToMany, manyToMany
    }

    package var cardinality = Cardinality.oneToOne
    package var on = false
    package var labels = LabelNames([String]())
    /// The labels taken over from the "one" side.
    package var include: [String] = []
}

package enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo = "%"
    case power = "^"
    case atan2
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and, or, unless

    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .atan2: 5
        case .power: 6
        }
    }

    var isComparison: Bool { precedence == 3 }
    var isSet: Bool { precedence <= 2 }
}
