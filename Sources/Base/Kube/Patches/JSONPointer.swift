/// A place in a JSON tree (RFC 6901): `/spec/containers/0/image`.
package struct JSONPointer: Sendable, Equatable {
    package let tokens: [String]

    /// Throws where the text is neither empty nor begins with `/`.
    package init(_ text: String) throws(PatchProblem) {
        if text.isEmpty {
            tokens = []
            return
        }
        guard text.hasPrefix("/") else { throw .malformed("the path \"\(text)\" does not begin with /") }
        tokens = text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map {
            Self.unescape($0)
        }
    }

    package init(tokens: [String]) { self.tokens = tokens }

    package var text: String {
        tokens.map { token in
            var out = "/"
            for character in token {
                switch character {
                case "~": out += "~0"
                case "/": out += "~1"
                default: out.append(character)
                }
            }
            return out
        }.joined()
    }

    /// The value there, or nil.
    package func value(in tree: JSON) -> JSON? {
        var current = tree
        for token in tokens {
            switch current {
            case .object(let members):
                guard let next = members[token] else { return nil }
                current = next
            case .array(let items):
                guard let index = Self.index(token, count: items.count) else { return nil }
                current = items[index]
            default: return nil
            }
        }
        return current
    }

    /// An array index without leading zeros, below `count`.
    static func index(_ token: String, count: Int) -> Int? {
        guard let index = Int(token), index >= 0, index < count, token == String(index) else { return nil }
        return index
    }

    private static func unescape(_ token: Substring.UTF8View) -> String {
        var out: [UInt8] = []
        var isEscape = false
        for byte in token {
            if isEscape {
                isEscape = false
                out.append(byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
                if byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { out.append(byte) }
            } else if byte == UInt8(ascii: "~") {
                isEscape = true
            } else {
                out.append(byte)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
