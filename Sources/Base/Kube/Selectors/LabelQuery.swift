/// The `labelSelector` of a request: `a=b,c!=d,e in (x,y),!f`.
///
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api
package struct LabelQuery: Sendable, Equatable {
    /// One condition on one label.
    package enum Requirement: Sendable, Equatable {
        case exists(String)
        case absent(String)
        case oneOf(String, [String])
        /// Also true where the label is absent.
        case noneOf(String, [String])
    }

    package let requirements: [Requirement]

    package init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// An empty text selects everything.
    package init(_ text: String) throws(SelectorProblem) {
        var parser = LabelQueryParser(text)
        requirements = try parser.requirements()
    }

    package var isEmpty: Bool { requirements.isEmpty }

    /// Whether the labels, an object of strings or nil, satisfy every requirement.
    package func matches(_ labels: JSON?) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .exists(let key): labels?[key] != nil
            case .absent(let key): labels?[key] == nil
            case .oneOf(let key, let values): labels?[key]?.string.map(values.contains) ?? false
            case .noneOf(let key, let values): labels?[key]?.string.map { !values.contains($0) } ?? true
            }
        }
    }
}

private struct LabelQueryParser {
    private let text: String
    private let tokens: [Token]
    private var position = 0

    private enum Token: Equatable {
        case word(String)
        case mark(String)
    }

    init(_ text: String) {
        self.text = text
        self.tokens = Self.tokens(of: text)
    }

    private static func tokens(of text: String) -> [Token] {
        var tokens: [Token] = []
        var word = ""
        let bytes = Array(text.utf8)
        var index = 0
        func flush() {
            if !word.isEmpty { tokens.append(.word(word)) }
            word = ""
        }
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): flush()
            case UInt8(ascii: ","), UInt8(ascii: "("), UInt8(ascii: ")"):
                flush()
                tokens.append(.mark(String(UnicodeScalar(byte))))
            case UInt8(ascii: "="):
                flush()
                if next == UInt8(ascii: "=") { index += 1 }
                tokens.append(.mark("="))
            case UInt8(ascii: "!"):
                flush()
                if next == UInt8(ascii: "=") {
                    index += 1
                    tokens.append(.mark("!="))
                } else {
                    tokens.append(.mark("!"))
                }
            default: word.append(Character(UnicodeScalar(byte)))
            }
            index += 1
        }
        flush()
        return tokens
    }

    private var current: Token? { position < tokens.count ? tokens[position] : nil }

    private func problem(_ why: String) -> SelectorProblem { .malformed(selector: text, why: why) }

    mutating func requirements() throws(SelectorProblem) -> [LabelQuery.Requirement] {
        var all: [LabelQuery.Requirement] = []
        while current != nil {
            all.append(try requirement())
            guard let separator = current else { break }
            guard separator == .mark(",") else { throw problem("\",\" is expected between requirements") }
            position += 1
            if current == nil { throw problem("a requirement is expected after \",\"") }
        }
        return all
    }

    private mutating func requirement() throws(SelectorProblem) -> LabelQuery.Requirement {
        if current == .mark("!") {
            position += 1
            return .absent(try word("a label's name"))
        }
        let key = try word("a label's name")
        switch current {
        case nil, .mark(",")?: return .exists(key)
        case .mark("=")?:
            position += 1
            return .oneOf(key, [optionalWord()])
        case .mark("!=")?:
            position += 1
            return .noneOf(key, [optionalWord()])
        case .word("in")?:
            position += 1
            return .oneOf(key, try values())
        case .word("notin")?:
            position += 1
            return .noneOf(key, try values())
        default: throw problem("an operator (=, !=, in, notin) is expected after \(key)")
        }
    }

    private mutating func word(_ what: String) throws(SelectorProblem) -> String {
        guard case .word(let word)? = current else { throw problem("\(what) is expected") }
        position += 1
        return word
    }

    private mutating func optionalWord() -> String {
        guard case .word(let word)? = current else { return "" }
        position += 1
        return word
    }

    private mutating func values() throws(SelectorProblem) -> [String] {
        guard current == .mark("(") else { throw problem("\"(\" is expected") }
        position += 1
        var values = [optionalWord()]
        while current == .mark(",") {
            position += 1
            values.append(optionalWord())
        }
        guard current == .mark(")") else { throw problem("\")\" is expected") }
        position += 1
        return values
    }
}
