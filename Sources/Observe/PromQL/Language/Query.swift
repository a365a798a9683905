/// A query that has been read and checked.
package struct Query: Sendable {
    package let text: String
    package let expression: Expression

    package init(_ text: String) throws(PromQLProblem) {
        self.text = text
        var parser = try Parser(text)
        expression = try parser.parse()
    }

    package var type: ValueType { expression.type }
}

extension Query {
    /// The conditions of a series selector such as `up{job="node"}`, as the `match[]` parameters of the HTTP API use them.
    package static func selector(_ text: String) throws(PromQLProblem) -> [LabelMatcher] {
        let query = try Query(text)
        guard case .selector(let selector) = query.expression, selector.shift == TimeShift() else {
            throw PromQLProblem.syntax("expected a series selector", at: query.expression.span, query: text)
        }
        return selector.matchers
    }
}
