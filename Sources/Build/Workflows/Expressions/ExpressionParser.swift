import Problems

/// Reads an expression by recursive descent. Binding, from tight to loose: `.` `[]`, `!`, `< <= > >=`, `== !=`, `&&`, `||`.
package struct ExpressionParser {
    private let expression: String
    private let scope: ExpressionScope
    private let tokens: [ExpressionToken]
    private var position = 0
    private var nesting = 0

    /// Trees higher than this are refused, as GitHub does.
    static let maximumDepth = 50
    /// Parentheses don't make a tree higher, so they have a limit of their own.
    static let maximumNesting = 200

    /// The tree of an expression; a literal null where there is nothing but spaces.
    package static func parse(_ expression: String, scope: ExpressionScope) throws(ExpressionProblem) -> Expression {
        var parser = ExpressionParser(
            expression: expression, scope: scope, tokens: try ExpressionLexer.tokens(of: expression))
        if parser.tokens.isEmpty { return .literal(.null) }
        let tree = try parser.disjunction()
        if let extra = parser.current { throw parser.unexpected(extra) }
        if tree.depth > maximumDepth { throw parser.tooDeep() }
        return tree
    }

    private init(expression: String, scope: ExpressionScope, tokens: [ExpressionToken]) {
        self.expression = expression
        self.scope = scope
        self.tokens = tokens
    }

    private var current: ExpressionToken? { position < tokens.count ? tokens[position] : nil }

    private mutating func take(_ kind: ExpressionToken.Kind) -> Bool {
        guard current?.kind == kind else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ kind: ExpressionToken.Kind) throws(ExpressionProblem) {
        guard take(kind) else { throw unexpectedHere() }
    }

    private mutating func disjunction() throws(ExpressionProblem) -> Expression {
        var operands = [try conjunction()]
        while take(.or) { operands.append(try conjunction()) }
        return operands.count == 1 ? operands[0] : .or(operands)
    }

    private mutating func conjunction() throws(ExpressionProblem) -> Expression {
        var operands = [try equality()]
        while take(.and) { operands.append(try equality()) }
        return operands.count == 1 ? operands[0] : .and(operands)
    }

    private mutating func equality() throws(ExpressionProblem) -> Expression {
        var left = try relation()
        while let comparison = takeComparison([.equal: .equal, .notEqual: .notEqual]) {
            left = .compare(comparison, left, try relation())
        }
        return left
    }

    private mutating func relation() throws(ExpressionProblem) -> Expression {
        var left = try negation()
        while let comparison = takeComparison([
            .less: .less, .lessOrEqual: .lessOrEqual, .greater: .greater, .greaterOrEqual: .greaterOrEqual,
        ]) {
            left = .compare(comparison, left, try negation())
        }
        return left
    }

    private mutating func takeComparison(
        _ table: KeyValuePairs<ExpressionToken.Kind, Expression.Comparison>
    ) -> Expression.Comparison? {
        guard let kind = current?.kind, let found = table.first(where: { $0.key == kind }) else { return nil }
        position += 1
        return found.value
    }

    private mutating func negation() throws(ExpressionProblem) -> Expression {
        guard take(.not) else { return try postfix() }
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Self.maximumNesting { throw tooDeep() }
        return .not(try negation())
    }

    private mutating func postfix() throws(ExpressionProblem) -> Expression {
        var base = try primary()
        for _ in 0...Self.maximumNesting {
            if take(.dot) {
                if take(.star) {
                    base = .wildcard(base)
                } else if let token = current, token.kind == .word {
                    position += 1
                    base = .index(base, key: .literal(.string(token.text)))
                } else {
                    throw unexpectedHere()
                }
            } else if take(.openIndex) {
                if take(.star) {
                    base = .wildcard(base)
                } else {
                    base = .index(base, key: try nested())
                }
                try expect(.closeIndex)
            } else {
                return base
            }
        }
        throw tooDeep()
    }

    private mutating func nested() throws(ExpressionProblem) -> Expression {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > Self.maximumNesting { throw tooDeep() }
        return try disjunction()
    }

    private mutating func primary() throws(ExpressionProblem) -> Expression {
        guard let token = current else { throw unexpectedHere() }
        position += 1
        switch token.kind {
        case .number(let number): return .literal(.number(number))
        case .string(let text): return .literal(.string(text))
        case .openGroup:
            let inner = try nested()
            try expect(.closeGroup)
            return inner
        case .word: return try word(token)
        default: throw unexpected(token)
        }
    }

    private mutating func word(_ token: ExpressionToken) throws(ExpressionProblem) -> Expression {
        switch token.text {
        case "null": return .literal(.null)
        case "true": return .literal(.bool(true))
        case "false": return .literal(.bool(false))
        case "NaN": return .literal(.number(.nan))
        case "Infinity": return .literal(.number(.infinity))
        default: break
        }
        if take(.openGroup) { return try call(token) }
        guard scope.contexts.contains(token.text.lowercased()) else {
            throw ExpressionProblem(
                .parsing, "unrecognized named-value '\(token.text)'", in: expression, at: token.range,
                remedy: scope.contexts.isEmpty
                    ? "Nothing can be named here." : Suggestion.remedy(for: token.text, in: scope.contexts))
        }
        return .context(token.text)
    }

    private mutating func call(_ name: ExpressionToken) throws(ExpressionProblem) -> Expression {
        guard let function = ExpressionFunction.named(name.text), scope.allows(function) else {
            let known = ExpressionFunction.allCases.filter(scope.allows).map(\.rawValue)
            throw ExpressionProblem(
                .parsing, "unrecognized function '\(name.text)'", in: expression, at: name.range,
                remedy: Suggestion.remedy(for: name.text, in: known))
        }
        var arguments: [Expression] = []
        if !take(.closeGroup) {
            repeat { arguments.append(try nested()) } while take(.comma)
            try expect(.closeGroup)
        }
        if arguments.count < function.arity.lowerBound { throw arity("too few", name, function) }
        if arguments.count > function.arity.upperBound { throw arity("too many", name, function) }
        if function == .case, arguments.count.isMultiple(of: 2) { throw arity("an even number of", name, function) }
        return .call(function, arguments, name.range)
    }

    private func arity(_ what: String, _ name: ExpressionToken, _ function: ExpressionFunction) -> ExpressionProblem {
        let range = function.arity
        let wanted = range.lowerBound == range.upperBound ? "\(range.lowerBound)" : "\(range.lowerBound) or more"
        return ExpressionProblem(
            .parsing, "\(what) parameters for \(function.rawValue)", in: expression, at: name.range,
            remedy:
                "It takes \(function == .case ? "pairs of condition and value, then a value for all else" : wanted).")
    }

    private func unexpected(_ token: ExpressionToken) -> ExpressionProblem {
        ExpressionProblem(.parsing, "unexpected symbol '\(token.text)'", in: expression, at: token.range)
    }

    private func unexpectedHere() -> ExpressionProblem {
        if let current { return unexpected(current) }
        guard let last = tokens.last else {
            return ExpressionProblem(.parsing, "an expression was expected", in: expression, at: 0..<0)
        }
        return ExpressionProblem(
            .parsing, "unexpected end of expression after '\(last.text)'", in: expression, at: last.range)
    }

    private func tooDeep() -> ExpressionProblem {
        ExpressionProblem(
            .parsing, "the expression is nested deeper than \(Self.maximumDepth) levels", in: expression,
            at: 0..<expression.utf8.count, remedy: "Split it over several steps or environment variables.")
    }
}
