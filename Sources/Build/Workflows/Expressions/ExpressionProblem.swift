package import Problems

/// Why an expression can't be read or evaluated, and which bytes of it are to blame.
package struct ExpressionProblem: Problem, Equatable {
    /// When it was found.
    package enum Stage: String, Sendable {
        case lexing, parsing, evaluation
    }

    package let stage: Stage
    package let message: String
    /// The expression's text.
    package let expression: String
    /// Byte range in the expression.
    package let range: Range<Int>
    package let remedy: String?

    package init(_ stage: Stage, _ message: String, in expression: String, at range: Range<Int>, remedy: String? = nil)
    {
        self.stage = stage
        self.message = message
        self.expression = expression
        self.range = range
        self.remedy = remedy
    }

    package var code: String { "workflows.expression.\(stage.rawValue)" }
    package var summary: String { stage == .evaluation ? "\(message), in \"\(expression)\"" : message }
    package var category: ProblemCategory { .invalid }

    /// Lines up with the expression alone; a workflow file's reader maps it to the file's line.
    package var location: ProblemLocation? {
        let before = String(decoding: Array(expression.utf8).prefix(range.lowerBound), as: UTF8.self)
        let line = before.utf8.count { $0 == UInt8(ascii: "\n") }
        let lines = expression.split(separator: "\n", omittingEmptySubsequences: false)
        let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0
        let width = String(
            decoding: Array(expression.utf8)[range.clamped(to: 0..<expression.utf8.count)], as: UTF8.self
        ).count
        return ProblemLocation(
            file: "expression", line: line + 1, column: column + 1,
            excerpt: line < lines.count ? String(lines[line]) : "",
            width: width)
    }
}
