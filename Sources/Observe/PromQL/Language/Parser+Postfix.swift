/// What follows an expression: `[range]`, `[range:step]`, `offset`, `@`.
extension Parser {
    mutating func postfix(_ expression: Expression) throws(PromQLProblem) -> Expression {
        var expression = expression
        while true {
            if at("[") {
                expression = try brackets(expression)
            } else if at("offset") {
                expression = try offset(expression)
            } else if at("@") {
                expression = try anchor(expression)
            } else {
                return expression
            }
        }
    }

    private mutating func brackets(_ inner: Expression) throws(PromQLProblem) -> Expression {
        let start = inner.span.lowerBound
        try expect("[")
        let rangeSpan = current.span
        let range = try duration(in: "subquery or range")
        if range <= 0 { throw error("duration must be greater than 0", rangeSpan) }
        if take(":") {
            var step: Int64?
            if !at("]") {
                let stepSpan = current.span
                step = try duration(in: "subquery selector")
                if let step, step <= 0 { throw error("duration must be greater than 0", stepSpan) }
            }
            try expect("]", in: "subquery selector")
            let span = start..<lastEnd
            if inner.type != .vector {
                throw error("subquery is only allowed on instant vector, got \(inner.type.rawValue)", span)
            }
            return .subquery(Subquery(inner: inner, range: range, step: step, span: span))
        }
        if at("anchored") || at("smoothed") { throw PromQLProblem.unsupported("the modifier \(current.text)") }
        try expect("]", in: "subquery or range selector")
        if at("anchored") || at("smoothed") { throw PromQLProblem.unsupported("the modifier \(current.text)") }
        guard case .selector(let selector) = inner else {
            throw error("ranges only allowed for vector selectors", start..<lastEnd)
        }
        if selector.shift.anchor != nil { throw error("no @ modifiers allowed before range", selector.span) }
        if selector.shift.offset != 0 { throw error("no offset modifiers allowed before range", selector.span) }
        return .range(RangeSelector(selector: selector, range: range, span: start..<lastEnd))
    }

    private mutating func offset(_ inner: Expression) throws(PromQLProblem) -> Expression {
        _ = advance()
        let negative = take("-")
        if !negative { _ = take("+") }
        let amount = try duration(in: "offset")
        return try shifted(
            inner,
            misplaced:
                "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ) { shift throws(PromQLProblem) in
            if shift.offset != 0 { throw self.error("offset may not be set multiple times", inner.span) }
            shift.offset = negative ? -amount : amount
        }
    }

    private mutating func anchor(_ inner: Expression) throws(PromQLProblem) -> Expression {
        _ = advance()
        let anchor: TimeShift.Anchor
        if at("start") || at("end") {
            anchor = advance().text == "start" ? .start : .end
            try expect("(", in: "@")
            try expect(")", in: "@")
        } else {
            let negative = take("-")
            if !negative { _ = take("+") }
            let span = current.span
            var seconds: Double
            switch current.kind {
            case .number: seconds = NumberText.parse(advance().text) ?? .nan
            case .duration: seconds = Double(DurationText.milliseconds(advance().text) ?? 0) / 1000
            default: throw unexpected(in: "@", expected: "timestamp")
            }
            if negative { seconds = -seconds }
            guard seconds.magnitude < 1e15 else {
                throw error("timestamp out of bounds for @ modifier: \(NumberText.plain(seconds))", span)
            }
            anchor = .time(Int64((seconds * 1000).rounded()))
        }
        return try shifted(
            inner,
            misplaced:
                "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ) { shift throws(PromQLProblem) in
            if shift.anchor != nil { throw self.error("@ <timestamp> may not be set multiple times", inner.span) }
            shift.anchor = anchor
        }
    }

    private func shifted(
        _ inner: Expression, misplaced: String,
        _ change: (inout TimeShift) throws(PromQLProblem) -> Void
    ) throws(PromQLProblem) -> Expression {
        switch inner {
        case .selector(var selector):
            try change(&selector.shift)
            selector.span = selector.span.lowerBound..<lastEnd
            return .selector(selector)
        case .range(var range):
            try change(&range.selector.shift)
            range.span = range.span.lowerBound..<lastEnd
            return .range(range)
        case .subquery(var subquery):
            try change(&subquery.shift)
            subquery.span = subquery.span.lowerBound..<lastEnd
            return .subquery(subquery)
        default:
            throw error(misplaced, inner.span)
        }
    }

    /// Milliseconds, written as a duration or as a number of seconds.
    private mutating func duration(in context: String) throws(PromQLProblem) -> Int64 {
        let token = current
        switch token.kind {
        case .duration:
            _ = advance()
            // A limit far above any use keeps sums of nested ranges and offsets in 64 bits.
            guard let duration = DurationText.milliseconds(token.text), duration < 1 << 53 else {
                throw error("duration out of range", token.span)
            }
            return duration
        case .number:
            _ = advance()
            let seconds = NumberText.parse(token.text) ?? .nan
            guard seconds.magnitude < 9e12 else { throw error("duration out of range", token.span) }
            return Int64((seconds * 1000).rounded())
        default:
            throw unexpected(in: context, expected: "number or duration")
        }
    }
}
