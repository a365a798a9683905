/// Literals, selectors, calls, aggregations.
extension Parser {
    mutating func primary() throws(PromQLProblem) -> Expression {
        let token = current
        switch token.kind {
        case .number:
            _ = advance()
            return .number(NumberText.parse(token.text) ?? .nan, span: token.span)
        case .duration:
            _ = advance()
            return .number(Double(DurationText.milliseconds(token.text) ?? 0) / 1000, span: token.span)
        case .string:
            return .string(try stringLiteral(), span: token.span)
        case .aggregator:
            if following.text == "(" || following.text == "by" || following.text == "without" {
                return try aggregation()
            }
            return try selector()
        case .identifier, .keyword, .metricIdentifier:
            if following.kind == .symbol, following.text == "(" {
                if token.kind != .metricIdentifier { return try call() }
                _ = advance()
                throw unexpected()
            }
            let words = ["bool", "and", "or", "unless", "atan2", "offset", "by", "without", "on", "ignoring"]
            if token.kind == .keyword,
                BinaryOperator(rawValue: token.text) != nil || words.prefix(1).contains(token.text)
            {
                throw unexpected()
            }
            return try selector()
        case .symbol where token.text == "(":
            _ = advance()
            let inner = try binary(1)
            try expect(")")
            return .parentheses(inner, span: token.span.lowerBound..<lastEnd)
        case .symbol where token.text == "{":
            return try selector()
        case .symbol, .end:
            throw unexpected()
        }
    }

    private mutating func selector() throws(PromQLProblem) -> Expression {
        let start = current.span.lowerBound
        var name: String?
        var matchers: [LabelMatcher] = []
        if !at("{") {
            let span = current.span
            name = span.isEmpty ? "" : text(span)
            _ = advance()
        }
        if at("{") { try braces(&name, &matchers) }
        let span = start..<lastEnd
        if let name { matchers.append(LabelMatcher(equal: "__name__", name)) }
        if !matchers.contains(where: { !$0.accepts(EmptyCollection()) }) {
            throw error("vector selector must contain at least one non-empty matcher", span)
        }
        return .selector(VectorSelector(name: name, matchers: matchers, span: span))
    }

    private func text(_ span: Range<Int>) -> String {
        String(decoding: Array(query.utf8)[span], as: UTF8.self)
    }

    private mutating func braces(_ name: inout String?, _ matchers: inout [LabelMatcher]) throws(PromQLProblem) {
        let context = "label matching"
        let start = current.span.lowerBound
        try expect("{")
        while !at("}") {
            let quoted = current.kind == .string
            let label: String
            switch current.kind {
            case .identifier, .keyword, .aggregator: label = advance().text
            case .string: label = try stringLiteral()
            default: throw unexpected(in: context, expected: "identifier or \"}\"")
            }
            let comparison: LabelMatcher.Comparison
            switch current.text {
            case "=": comparison = .equal
            case "!=": comparison = .notEqual
            case "=~": comparison = .matches
            case "!~": comparison = .matchesNot
            default:
                guard quoted, at(",") || at("}") else {
                    throw unexpected(in: context, expected: "label matching operator")
                }
                if let before = name {
                    throw error(
                        "metric name must not be set twice: \(Quoting.quote(before)) or \(Quoting.quote(label))",
                        start..<current.span.upperBound)
                }
                name = label
                _ = take(",")
                continue
            }
            _ = advance()
            guard current.kind == .string else { throw unexpected(in: context, expected: "string") }
            let span = current.span
            let value = try stringLiteral()
            if label == "__name__", comparison == .equal, let before = name {
                throw error(
                    "metric name must not be set twice: \(Quoting.quote(before)) or \(Quoting.quote(value))",
                    start..<current.span.upperBound)
            }
            do {
                matchers.append(try LabelMatcher(label, comparison, value))
            } catch {
                throw self.error(error.summary, span)
            }
            if !take(","), !at("}") { throw unexpected(in: context, expected: "\",\" or \"}\"") }
        }
        try expect("}")
    }

    private mutating func call() throws(PromQLProblem) -> Expression {
        let name = advance()
        guard let function = Function.all[text(name.span).lowercased()],
            text(name.span) == function.name || name.kind == .keyword
        else {
            throw error("unknown function with name \(Quoting.quote(text(name.span)))", name.span)
        }
        let arguments = try argumentList("function call")
        let call = Call(function: function, arguments: arguments, span: name.span.lowerBound..<lastEnd)
        return .call(try checked(call))
    }

    private mutating func argumentList(_ context: String) throws(PromQLProblem) -> [Expression] {
        try expect("(")
        var arguments: [Expression] = []
        while !at(")") {
            arguments.append(try binary(1))
            if take(",") {
                if at(")") { throw error("trailing commas not allowed in function call args", current.span) }
            } else if !at(")") {
                throw unexpected()
            }
        }
        try expect(")")
        return arguments
    }

    private mutating func aggregation() throws(PromQLProblem) -> Expression {
        let token = advance()
        guard let op = Aggregation.Operator(rawValue: token.text) else { throw unexpected() }
        var grouping: (without: Bool, names: LabelNames)?
        func isGrouping(_ token: Token) -> Bool {
            token.kind == .keyword && (token.text == "by" || token.text == "without")
        }
        if isGrouping(current) { grouping = (advance().text == "without", LabelNames(try labelList())) }
        if !at("(") { throw unexpected(in: "aggregation") }
        var arguments = try argumentList("aggregation")
        if grouping == nil, isGrouping(current) {
            grouping = (advance().text == "without", LabelNames(try labelList()))
        }
        let span = token.span.lowerBound..<lastEnd
        if arguments.isEmpty { throw error("no arguments for aggregate expression provided", span) }
        let wanted = op.needsParameter ? 2 : 1
        if arguments.count != wanted {
            throw error(
                "wrong number of arguments for aggregate expression provided, expected \(wanted), got \(arguments.count)",
                span)
        }
        let inner = arguments.removeLast()
        return .aggregation(
            try checked(
                Aggregation(
                    op: op, inner: inner, parameter: arguments.first,
                    grouping: grouping?.names ?? LabelNames([String]()),
                    without: grouping?.without ?? false, span: span)))
    }
}
