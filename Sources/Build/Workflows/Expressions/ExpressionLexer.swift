import Syntax

/// Cuts an expression into words.
struct ExpressionLexer {
    private let source: SourceText
    private var scanner: Scanner
    private var last: ExpressionToken?

    /// All words of the expression.
    static func tokens(of expression: String) throws(ExpressionProblem) -> [ExpressionToken] {
        var lexer = ExpressionLexer(expression)
        var tokens: [ExpressionToken] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens
    }

    init(_ expression: String) {
        source = SourceText(name: "expression", expression)
        scanner = Scanner(source)
    }

    mutating func next() throws(ExpressionProblem) -> ExpressionToken? {
        scanner.skip { $0.isASCIISpace }
        guard let byte = scanner.current else { return nil }
        let token = try read(byte)
        last = token
        return token
    }

    private mutating func read(_ byte: UInt8) throws(ExpressionProblem) -> ExpressionToken {
        switch byte {
        case UInt8(ascii: "("): return take(1, .openGroup)
        case UInt8(ascii: ")"): return take(1, .closeGroup)
        case UInt8(ascii: "["): return take(1, .openIndex)
        case UInt8(ascii: "]"): return take(1, .closeIndex)
        case UInt8(ascii: ","): return take(1, .comma)
        case UInt8(ascii: "*"): return take(1, .star)
        case UInt8(ascii: "'"): return try string()
        case UInt8(ascii: "!"): return next("=") ? take(2, .notEqual) : take(1, .not)
        case UInt8(ascii: ">"): return next("=") ? take(2, .greaterOrEqual) : take(1, .greater)
        case UInt8(ascii: "<"): return next("=") ? take(2, .lessOrEqual) : take(1, .less)
        case UInt8(ascii: "=") where next("="): return take(2, .equal)
        case UInt8(ascii: "&") where next("&"): return take(2, .and)
        case UInt8(ascii: "|") where next("|"): return take(2, .or)
        case UInt8(ascii: "="), UInt8(ascii: "&"), UInt8(ascii: "|"):
            let start = scanner.offset
            scanner.advance()
            scanner.skip { !Self.isBoundary($0) }
            throw unexpected(start..<scanner.offset)
        case UInt8(ascii: ".") where last?.endsValue == true: return take(1, .dot)
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"): return try number()
        case _ where byte.isASCIIDigit: return try number()
        default: return try word()
        }
    }

    private func next(_ byte: Unicode.Scalar) -> Bool { scanner.peek() == UInt8(ascii: byte) }

    private mutating func take(_ count: Int, _ kind: ExpressionToken.Kind) -> ExpressionToken {
        let start = scanner.offset
        scanner.advance(count)
        return ExpressionToken(kind: kind, text: source.string(start..<scanner.offset), range: start..<scanner.offset)
    }

    private mutating func number() throws(ExpressionProblem) -> ExpressionToken {
        let start = scanner.offset
        scanner.advance()
        scanner.skip { $0 == UInt8(ascii: ".") || !Self.isBoundary($0) }
        let text = source.string(start..<scanner.offset)
        let value = NumberText.parse(text)
        if value.isNaN { throw unexpected(start..<scanner.offset) }
        return ExpressionToken(kind: .number(value), text: text, range: start..<scanner.offset)
    }

    private mutating func word() throws(ExpressionProblem) -> ExpressionToken {
        let start = scanner.offset
        scanner.skip { !Self.isBoundary($0) }
        let range = start..<max(scanner.offset, start + 1)
        let bytes = source.utf8[range]
        guard let first = bytes.first, first.isASCIILetter || first == UInt8(ascii: "_"),
            bytes.allSatisfy({ $0.isASCIIWord || $0 == UInt8(ascii: "-") })
        else { throw unexpected(range) }
        return ExpressionToken(kind: .word, text: source.string(range), range: range)
    }

    /// A quote inside a string is written twice.
    private mutating func string() throws(ExpressionProblem) -> ExpressionToken {
        let start = scanner.offset
        var bytes: [UInt8] = []
        scanner.advance()
        while let byte = scanner.advance() {
            if byte != UInt8(ascii: "'") {
                bytes.append(byte)
            } else if scanner.current == UInt8(ascii: "'") {
                bytes.append(byte)
                scanner.advance()
            } else {
                let range = start..<scanner.offset
                return ExpressionToken(
                    kind: .string(String(decoding: bytes, as: UTF8.self)), text: source.string(range), range: range)
            }
        }
        throw unexpected(start..<scanner.offset, remedy: "Close the string with a single quote.")
    }

    private func unexpected(_ range: Range<Int>, remedy: String? = nil) -> ExpressionProblem {
        let text = source.string(range)
        let remedy = remedy ?? (text.contains("\"") ? "Strings stand in single quotes." : nil)
        return ExpressionProblem(
            .lexing, "unexpected symbol '\(text)'", in: source.string(0..<source.utf8.count), at: range, remedy: remedy)
    }

    private static func isBoundary(_ byte: UInt8) -> Bool {
        byte.isASCIISpace || "()[],.!><=&|".utf8.contains(byte)
    }
}
