import Syntax

/// Classes of bytes that the lexer and the patterns share.
enum Lexing {
    /// `[A-Za-z0-9_]`
    static func isWord(_ byte: UInt8) -> Bool { byte.isASCIIWord }

    static func isWordStart(_ byte: UInt8) -> Bool { byte.isASCIIWord && !byte.isASCIIDigit }
}

/// Cuts a query into tokens. https://prometheus.io/docs/prometheus/latest/querying/basics/
struct Lexer {
    let query: String
    private var scanner: Scanner
    private var parentheses = 0
    private var inBraces = false
    private var inBrackets = false
    private(set) var tokens: [Token] = []

    init(_ query: String) {
        self.query = query
        scanner = Scanner(SourceText(name: "query", query))
    }

    mutating func run() throws(PromQLProblem) -> [Token] {
        while true {
            skipBlanks()
            guard let byte = scanner.current else { break }
            try token(byte)
        }
        let end = scanner.offset
        if inBraces { throw error("unexpected end of input inside braces", end..<end) }
        if inBrackets { throw error("unexpected end of input in brackets", end..<end) }
        if parentheses > 0 { throw error("unclosed left parenthesis", end..<end) }
        tokens.append(Token(kind: .end, text: "", span: end..<end))
        return tokens
    }

    private func error(_ message: String, _ span: Range<Int>) -> PromQLProblem {
        .syntax(message, at: span, query: query)
    }

    private mutating func skipBlanks() {
        while let byte = scanner.current {
            if byte == UInt8(ascii: "#") {
                scanner.skip { $0 != 0x0A }
            } else if byte.isASCIISpace {
                scanner.advance()
            } else {
                return
            }
        }
    }

    private mutating func token(_ byte: UInt8) throws(PromQLProblem) {
        let start = scanner.offset
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            try string(byte)
        case _ where byte.isASCIIDigit || byte == UInt8(ascii: ".") && (scanner.peek()?.isASCIIDigit ?? false):
            try number()
        case _ where Lexing.isWordStart(byte) || byte == UInt8(ascii: ":") && !inBrackets && !inBraces:
            word()
        default:
            try symbol(byte, start)
        }
    }

    private mutating func string(_ quote: UInt8) throws(PromQLProblem) {
        let start = scanner.offset
        scanner.advance()
        while let byte = scanner.advance() {
            if byte == quote {
                append(.string, start)
                return
            }
            if quote == UInt8(ascii: "`") { continue }
            if byte == UInt8(ascii: "\\") { scanner.advance() }
            if byte == 0x0A { break }
        }
        let what = quote == UInt8(ascii: "`") ? "unterminated raw string" : "unterminated quoted string"
        throw error(what, start..<scanner.offset)
    }

    private mutating func number() throws(PromQLProblem) {
        let start = scanner.offset
        if scanner.current == UInt8(ascii: "0"), (scanner.peek() ?? 0) | 0x20 == UInt8(ascii: "x") {
            scanner.advance(2)
            scanner.skip { $0.isASCIIHexDigit }
        } else {
            scanner.skip { $0.isASCIIDigit }
            if scanner.current == UInt8(ascii: ".") {
                scanner.advance()
                scanner.skip { $0.isASCIIDigit }
            }
            if (scanner.current ?? 0) | 0x20 == UInt8(ascii: "e"), exponentFollows {
                scanner.advance(2)
                scanner.skip { $0.isASCIIDigit }
            }
        }
        var kind = Token.Kind.number
        if let byte = scanner.current, byte.isASCIILetter {
            scanner.skip { $0.isASCIIWord }
            kind = .duration
        }
        let text = scanner.text.string(start..<scanner.offset)
        let isValid = kind == .duration ? DurationText.milliseconds(text) != nil : NumberText.parse(text) != nil
        if !isValid || Lexing.isWord(scanner.current ?? 0) {
            throw error("bad number or duration syntax: \(Quoting.quote(text))", start..<scanner.offset)
        }
        append(kind, start)
    }

    private var exponentFollows: Bool {
        guard let next = scanner.peek() else { return false }
        if next.isASCIIDigit { return true }
        return (next == UInt8(ascii: "+") || next == UInt8(ascii: "-")) && (scanner.peek(2)?.isASCIIDigit ?? false)
    }

    private mutating func word() {
        let start = scanner.offset
        let colons = !inBraces
        scanner.skip { $0.isASCIIWord || (colons && $0 == UInt8(ascii: ":")) }
        let text = scanner.text.string(start..<scanner.offset)
        let lower = text.lowercased()
        if inBraces {
            append(.identifier, start)
        } else if lower == "inf" || lower == "nan" {
            append(.number, start)
        } else if Token.aggregators.contains(lower) {
            append(.aggregator, start, lower)
        } else if Token.keywords.contains(lower) {
            append(.keyword, start, lower)
        } else {
            append(text.utf8.contains(UInt8(ascii: ":")) ? .metricIdentifier : .identifier, start)
        }
    }

    private mutating func symbol(_ byte: UInt8, _ start: Int) throws(PromQLProblem) {
        if scanner.take("==") || scanner.take("!=") || scanner.take("=~") || scanner.take("!~") || scanner.take("<=")
            || scanner.take(">=")
        {
            append(.symbol, start)
            return
        }
        scanner.advance()
        switch byte {
        case UInt8(ascii: "("): parentheses += 1
        case UInt8(ascii: ")"):
            parentheses -= 1
            if parentheses < 0 { throw error("unexpected right parenthesis ')'", start..<scanner.offset) }
        case UInt8(ascii: "{"):
            if inBraces { throw error("unexpected left brace '{'", start..<scanner.offset) }
            inBraces = true
        case UInt8(ascii: "}"):
            if !inBraces { throw error("unexpected right brace '}'", start..<scanner.offset) }
            inBraces = false
        case UInt8(ascii: "["):
            if inBrackets { throw error("unexpected left bracket '['", start..<scanner.offset) }
            inBrackets = true
        case UInt8(ascii: "]"):
            if !inBrackets { throw error("unexpected right bracket ']'", start..<scanner.offset) }
            inBrackets = false
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "%"),
            UInt8(ascii: "^"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"), UInt8(ascii: "="),
            UInt8(ascii: ","), UInt8(ascii: ":"):
            break
        default:
            scanner.move(to: start)
            let character = String(decoding: scanner.text.utf8[start...].prefix(4), as: UTF8.self).prefix(1)
            let place = inBraces ? " inside braces" : ""
            throw error("unexpected character\(place): '\(character)'", start..<start + 1)
        }
        append(.symbol, start)
    }

    private mutating func append(_ kind: Token.Kind, _ start: Int, _ text: String? = nil) {
        let span = start..<scanner.offset
        tokens.append(Token(kind: kind, text: text ?? scanner.text.string(span), span: span))
    }
}
