import Problems
import Syntax

/// A recursive-descent parser of LogQL.
struct LogParser {
    let source: SourceText
    var scanner: Scanner

    init(_ source: SourceText) {
        self.source = source
        scanner = Scanner(source)
    }

    mutating func query() throws(Diagnostic) -> LogExpression {
        skipSpace()
        let expression: LogExpression
        if scanner.current == UInt8(ascii: "{") {
            expression = .lines(try selection())
        } else {
            expression = .metric(try metric())
        }
        skipSpace()
        if !scanner.isAtEnd { throw unexpected("the end of the query") }
        return expression
    }

    // MARK: Lines

    mutating func selection() throws(Diagnostic) -> LogSelection {
        var selection = LogSelection(matchers: try matchers(), stages: [])
        while true {
            skipSpace()
            guard let stage = try stage() else { return selection }
            selection.stages.append(stage)
        }
    }

    private mutating func matchers() throws(Diagnostic) -> [LabelMatcher] {
        let start = scanner.offset
        try expect("{")
        var matchers: [LabelMatcher] = []
        skipSpace()
        while scanner.current != UInt8(ascii: "}") {
            matchers.append(try matcher())
            skipSpace()
            if scanner.current == UInt8(ascii: ",") {
                scanner.advance()
                skipSpace()
            } else if scanner.current != UInt8(ascii: "}") {
                throw unexpected("\",\" or \"}\"")
            }
        }
        scanner.advance()
        let selects = matchers.contains { matcher in
            switch matcher.operator {
            case .equal: !matcher.value.isEmpty
            case .matches: !(matcher.pattern?.matchesWhole("") ?? true)
            case .notEqual, .matchesNot: false
            }
        }
        if !selects {
            throw Diagnostic(
                "logql.selector",
                "queries require at least one regexp or equality matcher that does not have an empty-compatible value",
                at: source.location(start..<scanner.offset), remedy: "Name an app, for instance {app=\"porttrack\"}.")
        }
        return matchers
    }

    private mutating func matcher() throws(Diagnostic) -> LabelMatcher {
        let name = try identifier("a label's name")
        skipSpace()
        let place = scanner.offset
        guard let `operator` = takeMatchOperator() else { throw unexpected("one of = != =~ !~", at: place) }
        skipSpace()
        let valuePlace = scanner.offset
        let value = try string()
        return try matcher(name, `operator`, value, at: valuePlace)
    }

    private func matcher(_ name: String, _ operation: LabelMatcher.Operator, _ value: String, at place: Int)
        throws(Diagnostic)
        -> LabelMatcher
    {
        var pattern: LinePattern?
        if operation == .matches || operation == .matchesNot { pattern = try compile(value, at: place) }
        return LabelMatcher(name: name, operator: operation, value: value, pattern: pattern)
    }

    private mutating func takeMatchOperator() -> LabelMatcher.Operator? {
        if scanner.take("=~") { return .matches }
        if scanner.take("!~") { return .matchesNot }
        if scanner.take("!=") { return .notEqual }
        if scanner.take("=") { return .equal }
        return nil
    }

    private mutating func stage() throws(Diagnostic) -> LogStage? {
        let start = scanner.offset
        for (word, negated, isPattern) in [
            ("|=", false, false), ("!=", true, false), ("|~", false, true), ("!~", true, true),
        ] {
            guard word.utf8.elementsEqual([scanner.current, scanner.peek()].compactMap { $0 }) else { continue }
            scanner.advance(2)
            skipSpace()
            let place = scanner.offset
            let text = try string()
            return isPattern
                ? .matches(try compile(text, at: place), negated: negated) : .contains(text, negated: negated)
        }
        guard scanner.take("|") else { return nil }
        skipSpace()
        let wordStart = scanner.offset
        let word = try identifier("a stage")
        switch word {
        case "json": return .json
        case "logfmt": return .logfmt
        case "line_format", "label_format", "unwrap", "pattern", "regexp", "unpack", "decolorize", "drop", "keep",
            "distinct":
            throw Diagnostic(
                "logql.unsupported", "the stage \"\(word)\" is not supported yet",
                at: source.location(wordStart..<scanner.offset),
                remedy: "Use line filters, json, logfmt and label filters.", category: .unsupported)
        default: return try labelFilter(word, start)
        }
    }

    private mutating func labelFilter(_ name: String, _ start: Int) throws(Diagnostic) -> LogStage {
        skipSpace()
        let place = scanner.offset
        for comparison in [Comparison.greaterOrEqual, .lessOrEqual, .equal, .greater, .less] {
            guard take(comparison.rawValue) else { continue }
            skipSpace()
            return .number(label: name, comparison: comparison, value: try number())
        }
        guard let operation = takeMatchOperator() else { throw unexpected("a comparison", at: place) }
        skipSpace()
        let valuePlace = scanner.offset
        if let byte = scanner.current, byte.isASCIIDigit || byte == UInt8(ascii: "-") {
            let value = try number()
            return .number(label: name, comparison: operation == .notEqual ? .notEqual : .equal, value: value)
        }
        return .label(try matcher(name, operation, try string(), at: valuePlace))
    }

    private func compile(_ text: String, at place: Int) throws(Diagnostic) -> LinePattern {
        if let pattern = LinePattern(text) { return pattern }
        throw Diagnostic(
            "logql.regex", "\"\(text)\" is not a regular expression",
            at: source.location(place..<place + text.utf8.count + 2))
    }

    // MARK: Words

    mutating func skipSpace() {
        while true {
            scanner.skip(while: \.isASCIISpace)
            guard scanner.current == UInt8(ascii: "#") else { return }
            scanner.skip { $0 != UInt8(ascii: "\n") }
        }
    }

    mutating func take(_ word: String) -> Bool {
        let bytes = Array(word.utf8)
        for (index, byte) in bytes.enumerated() where scanner.peek(index) != byte { return false }
        scanner.advance(bytes.count)
        return true
    }

    mutating func expect(_ word: String) throws(Diagnostic) {
        skipSpace()
        if !take(word) { throw unexpected("\"\(word)\"") }
    }

    mutating func identifier(_ what: String) throws(Diagnostic) -> String {
        skipSpace()
        guard let first = scanner.current, first.isASCIILetter || first == UInt8(ascii: "_") else {
            throw unexpected(what)
        }
        return source.string(scanner.take(while: \.isASCIIWord))
    }

    mutating func number() throws(Diagnostic) -> Double {
        let range = scanner.take { $0.isASCIIDigit || ".eE+-".utf8.contains($0) }
        guard let number = Double(source.string(range)) else { throw unexpected("a number", at: range.lowerBound) }
        return number
    }

    /// A string in double quotes with escapes, or in backquotes without.
    mutating func string() throws(Diagnostic) -> String {
        let start = scanner.offset
        guard let quote = scanner.current, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "`") else {
            throw unexpected("a string in quotes")
        }
        scanner.advance()
        var bytes: [UInt8] = []
        while let byte = scanner.advance() {
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") else {
                bytes.append(byte)
                continue
            }
            switch scanner.advance() {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case let other? where "\"\\`'".utf8.contains(other): bytes.append(other)
            default:
                throw Diagnostic(
                    "logql.escape", "unknown escape", at: source.location(scanner.offset - 2..<scanner.offset),
                    remedy: "Write a backslash twice, or use a string in backquotes.")
            }
        }
        throw Diagnostic("logql.string", "this string is never closed", at: source.location(start..<scanner.offset))
    }

    func unexpected(_ expected: String, at place: Int? = nil) -> Diagnostic {
        let start = place ?? scanner.offset
        let found = start < source.utf8.count ? "\"\(source.string(start..<start + 1))\"" : "the end"
        return Diagnostic(
            "logql.syntax", "expected \(expected), found \(found)", at: source.location(start..<start + 1))
    }
}
