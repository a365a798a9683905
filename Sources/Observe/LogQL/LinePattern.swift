/// A regular expression, compiled once.
package struct LinePattern: @unchecked Sendable {
    // Regex is not Sendable only because it may hold closures; one compiled from text holds none and is never changed.
    private let regex: Regex<AnyRegexOutput>
    package let text: String

    /// Nil where the text is not a regular expression.
    package init?(_ text: String) {
        guard let regex = try? Regex(text) else { return nil }
        self.regex = regex.matchingSemantics(.unicodeScalar)
        self.text = text
    }

    package func isFound(in line: String) -> Bool {
        ((try? regex.firstMatch(in: line)) ?? nil) != nil
    }

    package func matchesWhole(_ value: String) -> Bool {
        ((try? regex.wholeMatch(in: value)) ?? nil) != nil
    }
}
