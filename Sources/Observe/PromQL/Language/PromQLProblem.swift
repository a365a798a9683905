package import Problems
import Syntax

/// What is wrong with a query's text or with its evaluation.
package enum PromQLProblem: Problem, Equatable {
    /// The text cannot be understood; the span is in bytes of the query.
    case syntax(String, at: Range<Int>, query: String)
    /// The query is well formed but cannot be evaluated on these series.
    case evaluation(String)
    case unsupported(String)
    case tooManySamples(Int)

    package var code: String {
        switch self {
        case .syntax: "promql.query.syntax"
        case .evaluation: "promql.query.evaluation"
        case .unsupported: "promql.query.unsupported"
        case .tooManySamples: "promql.query.too-many-samples"
        }
    }

    package var summary: String {
        switch self {
        case .syntax(let message, _, _): "parse error: " + message
        case .evaluation(let message): message
        case .unsupported(let what): what + " is not supported"
        case .tooManySamples(let limit):
            "query processing would load too many samples into memory in query execution (more than \(limit))"
        }
    }

    package var remedy: String? {
        if case .tooManySamples = self { return "Ask for a shorter time range, a longer step or fewer series." }
        return nil
    }

    package var category: ProblemCategory {
        switch self {
        case .syntax: .invalid
        case .evaluation: .failed
        case .unsupported: .unsupported
        case .tooManySamples: .exhausted
        }
    }

    package var location: ProblemLocation? {
        guard case .syntax(_, let span, let query) = self else { return nil }
        return SourceText(name: "query", query).location(span)
    }

    /// The error as Prometheus words it, with the place in a syntax error: `1:5: parse error: …`.
    package var message: String {
        guard case .syntax(_, let span, let query) = self else { return summary }
        return Position(span.lowerBound, in: query).description + ": " + summary
    }
}

/// `line:column`, both from 1, columns in bytes.
struct Position: CustomStringConvertible {
    let line: Int
    let column: Int

    init(_ offset: Int, in query: String) {
        var line = 1
        var lineStart = 0
        for (index, byte) in query.utf8.prefix(offset).enumerated() where byte == 0x0A {
            line += 1
            lineStart = index + 1
        }
        self.line = line
        column = offset - lineStart + 1
    }

    var description: String { "\(line):\(column)" }
}
