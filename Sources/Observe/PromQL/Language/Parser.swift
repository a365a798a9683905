/// Turns tokens into a tree by precedence climbing, and checks types as it goes.
struct Parser {
    let query: String
    private let tokens: [Token]
    private var index = 0
    private var depth = 0

    /// How deep an expression may be nested, and how many operators may follow one another.
    private static let maximumDepth = 200

    init(_ query: String) throws(PromQLProblem) {
        self.query = query
        var lexer = Lexer(query)
        tokens = try lexer.run()
    }

    var current: Token { tokens[index] }
    var following: Token { tokens[min(index + 1, tokens.count - 1)] }
    /// The end of the token before the current one.
    var lastEnd: Int { index > 0 ? tokens[index - 1].span.upperBound : 0 }

    mutating func parse() throws(PromQLProblem) -> Expression {
        if current.kind == .end { throw error("no expression found in input", 0..<0) }
        let expression = try binary(1)
        if current.kind != .end { throw unexpected() }
        return expression
    }

    mutating func advance() -> Token {
        defer { if index < tokens.count - 1 { index += 1 } }
        return current
    }

    func at(_ text: String) -> Bool {
        (current.kind == .symbol || current.kind == .keyword) && current.text == text
    }

    mutating func take(_ text: String) -> Bool {
        if at(text) {
            index += 1
            return true
        }
        return false
    }

    mutating func expect(_ text: String, in context: String? = nil) throws(PromQLProblem) {
        if !take(text) { throw unexpected(in: context, expected: context == nil ? nil : Quoting.quote(text)) }
    }

    func error(_ message: String, _ span: Range<Int>) -> PromQLProblem { .syntax(message, at: span, query: query) }

    func unexpected(in context: String? = nil, expected: String? = nil) -> PromQLProblem {
        var message = "unexpected " + current.described
        if let context { message += " in " + context }
        if let expected { message += ", expected " + expected }
        return error(message, current.span)
    }

    // MARK: Operators

    mutating func binary(_ least: Int) throws(PromQLProblem) -> Expression {
        depth += 1
        defer { depth -= 1 }
        if depth > Self.maximumDepth { throw error("expression is nested too deeply", current.span) }
        var left = try unary()
        var length = 0
        while let op = currentOperator, op.precedence >= least {
            let opSpan = advance().span
            length += 1
            if length > 5 * Self.maximumDepth { throw error("expression has too many operators", opSpan) }
            var operation = BinaryOperation(op: op, left: left, right: left)
            try modifiers(&operation)
            operation.right = try binary(op == .power ? op.precedence : op.precedence + 1)
            left = .binary(try checked(operation, opSpan))
        }
        return left
    }

    private var currentOperator: BinaryOperator? {
        guard current.kind == .symbol || current.kind == .keyword else { return nil }
        return BinaryOperator(rawValue: current.text)
    }

    private mutating func unary() throws(PromQLProblem) -> Expression {
        guard at("-") || at("+") else { return try postfix(try primary()) }
        let token = advance()
        // Binds as strongly as multiplication, so only a power is inside.
        let inner = try binary(BinaryOperator.power.precedence)
        let span = token.span.lowerBound..<inner.span.upperBound
        if case .number(let value, _) = inner { return .number(token.text == "-" ? -value : value, span: span) }
        guard inner.type == .scalar || inner.type == .vector else {
            throw error(
                "unary expression only allowed on expressions of type scalar or instant vector, got "
                    + Quoting.quote(inner.type.documented), span)
        }
        return .unary(negates: token.text == "-", inner, span: span)
    }

    private mutating func modifiers(_ operation: inout BinaryOperation) throws(PromQLProblem) {
        operation.returnsBool = take("bool")
        if at("on") || at("ignoring") {
            var matching = VectorMatching()
            matching.on = advance().text == "on"
            matching.labels = LabelNames(try labelList())
            if at("group_left") || at("group_right") {
                matching.cardinality = advance().text == "group_left" ? .manyToOne : .oneToMany
                if at("(") { matching.include = try labelList() }
            }
            operation.matching = matching
        } else if at("group_left") || at("group_right") {
            throw unexpected()
        }
        if at("fill") || at("fill_left") || at("fill_right") {
            if following.text == "(" { throw PromQLProblem.unsupported("the fill modifier") }
        }
    }

    /// `(a, b)`, of label names, which may also be strings or keywords.
    mutating func labelList() throws(PromQLProblem) -> [String] {
        let context = "grouping opts"
        try expect("(", in: context)
        var names: [String] = []
        while !at(")") {
            switch current.kind {
            case .identifier, .keyword, .aggregator: names.append(advance().text)
            case .number where LabelName.isClassic(Array(current.text.utf8)): names.append(advance().text)
            case .string: names.append(try stringLiteral())
            default: throw unexpected(in: context, expected: "label")
            }
            if !take(","), !at(")") { throw unexpected(in: context, expected: "\",\" or \")\"") }
        }
        try expect(")", in: context)
        return names
    }

    /// The inside of the current string token.
    mutating func stringLiteral() throws(PromQLProblem) -> String {
        let token = advance()
        let inside = Array(token.text.utf8.dropFirst().dropLast())
        if token.text.hasPrefix("`") { return String(decoding: inside, as: UTF8.self) }
        guard let text = Quoting.unquote(inside) else {
            throw error("error unquoting string \(Quoting.quote(token.text)): invalid syntax", token.span)
        }
        return text
    }
}
