/// What lines of a log have in common: a line without its numbers, identifiers and times. Pure.
package enum ErrorPattern {
    /// Words that make a line one about an error, in capitals or as a level.
    private static let words: Set<String> = [
        "ERROR", "FATAL", "CRITICAL", "PANIC", "EMERG", "ALERT", "Traceback", "panic", "SIGSEGV",
    ]
    private static let levels: Set<String> = ["error", "err", "fatal", "critical", "panic", "emerg", "alert"]
    private static let longest = 160

    /// The pattern of a line that reports an error; nil for any other line.
    package static func of(_ line: String) -> String? {
        guard isError(line) else { return nil }
        var pattern = ""
        for token in tokens(line) {
            let piece = isVariable(token) ? "#" : String(token)
            // A time or an address is one thing, however many numbers it has.
            if piece == "#", pattern.hasSuffix("#") { continue }
            if piece.count == 1, let mark = piece.first, "-:.,/+T".contains(mark), pattern.hasSuffix("#") {
                continue
            }
            pattern += piece
            if pattern.count >= longest { return String(pattern.prefix(longest)) }
        }
        return pattern
    }

    private static func isError(_ line: String) -> Bool {
        var before: Substring = ""
        var label: Substring = ""
        for token in tokens(line) where token.contains(where: { $0.isLetter || $0 == "=" || $0 == ":" }) {
            if words.contains(String(token)) || token.hasSuffix("Exception") || token.hasSuffix("Error") { return true }
            if token == "=" || token == ":" {
                label = before
                continue
            }
            if ["level", "lvl", "severity"].contains(label.lowercased()), levels.contains(token.lowercased()) {
                return true
            }
            before = token
            label = ""
        }
        return false
    }

    /// Words of letters and digits, and every other character by itself.
    private static func tokens(_ line: String) -> [Substring] {
        var tokens: [Substring] = []
        var start: String.Index?
        for index in line.indices {
            if line[index].isLetter || line[index].isNumber || line[index] == "_" {
                start = start ?? index
                continue
            }
            if let begin = start { tokens.append(line[begin..<index]) }
            start = nil
            tokens.append(line[index...index])
        }
        if let start { tokens.append(line[start...]) }
        return tokens
    }

    private static func isVariable(_ token: Substring) -> Bool {
        guard token.contains(where: \.isNumber) else { return false }
        let digits = token.count(where: \.isNumber)
        // Mostly digits, or an identifier such as 3f2a9c1 or 0x1f: not a name such as http2.
        return digits * 3 >= token.count || token.allSatisfy(\.isHexDigit) || token.hasPrefix("0x") || token.count >= 16
    }
}
