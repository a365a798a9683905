package import Syntax

/// The rules of a `.dockerignore`: the last one that matches a path, or a directory above it, decides.
package struct IgnoreRules: Sendable, Equatable {
    private struct Rule: Equatable {
        let pattern: PathPattern
        let text: String
        let line: Int
        let readmits: Bool
    }

    private let rules: [Rule]
    /// Whether a rule lets paths below an ignored directory in again.
    let readmits: Bool

    package static let none = IgnoreRules(rules: [])

    private init(rules: [Rule]) {
        self.rules = rules
        readmits = rules.contains(where: \.readmits)
    }

    /// - Throws: `Diagnostic` for a pattern that can't be read.
    package static func parse(_ source: SourceText) throws -> IgnoreRules {
        var rules: [Rule] = []
        let lines = source.string(0..<source.utf8.count).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if line.hasPrefix("#") { continue }
            var text = line.trimmingWhiteSpace()
            var readmits = false
            if text.hasPrefix("!") {
                readmits = true
                text = text.dropFirst().trimmingWhiteSpace()
            }
            let clean = PathCleaning.relative(text)
            if clean.isEmpty || clean == "." { continue }
            guard let pattern = PathPattern(clean, crossing: true) else {
                throw Diagnostic(
                    "images.dockerignore.pattern", "\"\(text)\" is not a pattern",
                    at: source.location(line: index + 1, column: 1, width: line.count),
                    remedy: "Close the bracket, or write \"\\[\" for a bracket.")
            }
            rules.append(Rule(pattern: pattern, text: String(text), line: index + 1, readmits: readmits))
        }
        return IgnoreRules(rules: rules)
    }

    /// The line of the rule that keeps a path out; nil if it is let in.
    package func line(ignoring path: String) -> Int? {
        var found: Int?
        for rule in rules where (found == nil) == !rule.readmits {
            if Self.matches(rule, path) { found = rule.readmits ? nil : rule.line }
        }
        return found
    }

    private static func matches(_ rule: Rule, _ path: String) -> Bool {
        if rule.pattern.matches(path) { return true }
        var rest = Substring(path)
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            if rule.pattern.matches(rest) { return true }
        }
        return false
    }
}

extension StringProtocol {
    /// Without spaces, tabs and carriage returns at both ends.
    func trimmingWhiteSpace() -> Substring {
        var text = Substring(self)
        while let last = text.unicodeScalars.last, last == " " || last == "\t" || last == "\r" {
            text.unicodeScalars.removeLast()
        }
        while let first = text.unicodeScalars.first, first == " " || first == "\t" { text.unicodeScalars.removeFirst() }
        return text
    }
}
