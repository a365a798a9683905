package import Problems

/// A value of a workflow file: a literal, an expression, or text with expressions in it.
package struct Template: Sendable {
    /// A piece of the text.
    package enum Segment: Sendable {
        case literal(ExpressionValue)
        case expression(TemplateExpression)
    }

    package let segments: [Segment]
    package let location: ProblemLocation

    package init(_ segments: [Segment], at location: ProblemLocation) {
        self.segments = segments
        self.location = location
    }

    /// A template that is just this text.
    package init(literal text: String, at location: ProblemLocation) {
        self.init([.literal(.string(text))], at: location)
    }

    /// The text, where no expression is part of it.
    package var literal: String? {
        if segments.isEmpty { return "" }
        guard segments.count == 1, case .literal(let value) = segments[0] else { return nil }
        return value.text
    }

    var expressions: [TemplateExpression] {
        segments.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
    }

    /// The value; one expression alone keeps its type, anything else becomes a string.
    package func value(in context: any ExpressionContext) throws -> ExpressionValue {
        if segments.count == 1 { return try Self.value(segments[0], in: context) }
        return .string(try segments.map { try Self.value($0, in: context).text }.joined())
    }

    /// The value as text.
    package func text(in context: any ExpressionContext) throws -> String {
        try value(in: context).text
    }

    private static func value(_ segment: Segment, in context: any ExpressionContext) throws -> ExpressionValue {
        switch segment {
        case .literal(let value): value
        case .expression(let expression): try expression.value(in: context)
        }
    }
}

/// An expression with the place of its text in the file.
package struct TemplateExpression: Sendable {
    package let tree: Expression
    package let text: String
    package let location: ProblemLocation

    func value(in context: any ExpressionContext) throws -> ExpressionValue {
        do {
            return try ExpressionEvaluator.evaluate(tree, of: text, in: context)
        } catch let problem as ExpressionProblem {
            throw LocatedProblem(problem, at: location)
        }
    }
}

/// An expression's problem, pointing into the workflow file.
package struct LocatedProblem: Problem {
    package let inner: ExpressionProblem
    package let location: ProblemLocation?

    init(_ inner: ExpressionProblem, at location: ProblemLocation) {
        self.inner = inner
        self.location = location
    }

    package var code: String { inner.code }
    package var summary: String { inner.summary }
    package var remedy: String? { inner.remedy }
    package var category: ProblemCategory { inner.category }
}

/// A tree of templates: what a matrix is written as.
package indirect enum TemplateNode: Sendable {
    case scalar(Template)
    case sequence([TemplateNode], ProblemLocation)
    case mapping([(key: String, value: TemplateNode)], ProblemLocation)

    package var location: ProblemLocation {
        switch self {
        case .scalar(let template): template.location
        case .sequence(_, let location), .mapping(_, let location): location
        }
    }

    /// The value of the whole tree.
    package func value(in context: any ExpressionContext) throws -> ExpressionValue {
        switch self {
        case .scalar(let template): try template.value(in: context)
        case .sequence(let items, _): .array(ExpressionArray(try items.map { try $0.value(in: context) }))
        case .mapping(let members, _):
            .object(ExpressionObject(try members.map { ($0.key, try $0.value.value(in: context)) }))
        }
    }
}

/// An `if`. Where it asks for no status by itself, it holds only while everything before succeeded.
package struct RunCondition: Sendable {
    package let template: Template?
    /// Whether `success()`, `failure()`, `always()` or `cancelled()` is called in it.
    package let asksForStatus: Bool

    /// The condition of what has none.
    package static let onSuccess = RunCondition(nil)

    init(_ template: Template?) {
        self.template = template
        asksForStatus = template?.expressions.contains { $0.tree.functions.contains(where: \.isStatus) } ?? false
    }

    package func holds(in context: any ExpressionContext) throws -> Bool {
        if !asksForStatus, context.status != .success { return false }
        return try template?.value(in: context).isTruthy ?? true
    }
}
