/// One condition of a selector on one label. A label that a series lacks has the empty value.
package struct LabelMatcher: Sendable, Equatable {
    package enum Comparison: String, Sendable {
        case equal = "="
        case notEqual = "!="
        case matches = "=~"
        case matchesNot = "!~"
    }

    package let name: String
    package let comparison: Comparison
    package let value: String
    let nameBytes: [UInt8]
    let valueBytes: [UInt8]
    let pattern: Pattern?

    /// Throws a `PatternProblem` where a regular expression cannot be understood.
    package init(_ name: String, _ comparison: Comparison, _ value: String) throws(PatternProblem) {
        self.name = name
        self.comparison = comparison
        self.value = value
        nameBytes = Array(name.utf8)
        valueBytes = Array(value.utf8)
        switch comparison {
        case .equal, .notEqual: pattern = nil
        case .matches, .matchesNot: pattern = try Pattern(value)
        }
    }

    package init(equal name: String, _ value: String) {
        self.name = name
        comparison = .equal
        self.value = value
        nameBytes = Array(name.utf8)
        valueBytes = Array(value.utf8)
        pattern = nil
    }

    /// Whether a value of the label satisfies the condition; an absent label is the empty value.
    package func accepts(_ candidate: some Collection<UInt8>) -> Bool {
        switch comparison {
        case .equal: candidate.count == valueBytes.count && candidate.elementsEqual(valueBytes)
        case .notEqual: !(candidate.count == valueBytes.count && candidate.elementsEqual(valueBytes))
        case .matches: pattern?.matches(Array(candidate)) ?? false
        case .matchesNot: !(pattern?.matches(Array(candidate)) ?? false)
        }
    }

    package func accepts(_ labels: LabelSet) -> Bool {
        guard let range = labels.value(of: nameBytes) else { return accepts(EmptyCollection()) }
        return accepts(labels.bytes[range])
    }

    /// The values that alone can satisfy the condition, where they are known: `a="x"`, `a=~"x|y"`.
    package var literals: [[UInt8]]? {
        switch comparison {
        case .equal: [valueBytes]
        case .matches: pattern?.literals
        case .notEqual, .matchesNot: nil
        }
    }

    package static func == (left: LabelMatcher, right: LabelMatcher) -> Bool {
        left.name == right.name && left.comparison == right.comparison && left.value == right.value
    }
}

extension LabelMatcher: CustomStringConvertible {
    package var description: String { LabelName.quoted(name) + comparison.rawValue + Quoting.quote(value) }
}
