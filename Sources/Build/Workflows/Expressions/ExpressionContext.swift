/// What an expression sees while it is evaluated.
package protocol ExpressionContext {
    /// The value of a context (`github`, `env`), whatever the case of its name; nil where it has none.
    func value(of context: String) -> ExpressionValue?
    /// What the job says about itself to `success()` and its siblings.
    var status: ExpressionStatus { get }
    /// The SHA-256 of the files that match, as `hashFiles` defines it; the empty string where none does.
    func hashFiles(_ patterns: [String]) throws -> String
}

/// The state of a job (for its steps) or of the jobs it needs (for the job itself).
package enum ExpressionStatus: Sendable, Equatable {
    /// `skipped`: none of the others, because something before was skipped.
    case success, failure, cancelled, skipped
}

/// Fixed values for contexts, without files.
package struct FixedContext: ExpressionContext, Sendable {
    package var values: [String: ExpressionValue]
    package var status: ExpressionStatus

    package init(_ values: [String: ExpressionValue] = [:], status: ExpressionStatus = .success) {
        self.values = Dictionary(
            values.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        self.status = status
    }

    package func value(of context: String) -> ExpressionValue? { values[context.lowercased()] }

    package func hashFiles(_ patterns: [String]) throws -> String { "" }
}
