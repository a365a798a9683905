package import Problems
package import Syntax

/// Turns a matrix into the combinations that are run.
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstrategymatrix
package enum MatrixExpansion {
    /// A combination: names with their values, in the order in which they came.
    package typealias Combination = [(key: String, value: ExpressionValue)]

    /// GitHub's limit for one workflow.
    package static let limit = 256

    /// Every combination of the lists, less `exclude`, more `include`. No matrix gives one empty combination.
    package static func expand(_ matrix: ExpressionValue, at location: ProblemLocation) throws(Diagnostic)
        -> [Combination]
    {
        guard case .object(let object) = matrix else {
            throw problem("a matrix must be a mapping of lists, not \(matrix.kind)", location)
        }
        var combinations: [Combination] = []
        let vectors = object.members.filter { !["include", "exclude"].contains($0.key.lowercased()) }
        if !vectors.isEmpty { combinations = [[]] }
        for (key, value) in vectors {
            guard case .array(let items) = value else {
                throw problem("\"\(key)\" of the matrix must be a list", location)
            }
            if items.items.isEmpty { throw problem("the list \"\(key)\" of the matrix is empty", location) }
            combinations = combinations.flatMap { start in items.items.map { start + [(key: key, value: $0)] } }
            if combinations.count > limit * 4 { throw tooMany(combinations.count, location) }
        }
        let excluded = try entries(object["exclude"], "exclude", location)
        combinations.removeAll { combination in excluded.contains { matches($0, combination) } }
        combinations = include(
            try entries(object["include"], "include", location), in: combinations, keys: vectors.map(\.key))
        if combinations.count > limit { throw tooMany(combinations.count, location) }
        return combinations
    }

    /// `10, linux`: what tells the jobs of a matrix apart; nothing where values aren't plain.
    package static func suffix(_ combination: Combination) -> String {
        func words(_ value: ExpressionValue) -> [String] {
            switch value {
            case .array(let array): array.items.flatMap(words)
            case .object(let object): object.members.flatMap { words($0.value) }
            default: value.text.isEmpty ? [] : [value.text]
            }
        }
        return combination.flatMap { words($0.value) }.joined(separator: ", ")
    }

    /// An entry joins every combination whose own values it doesn't change; where there is none it becomes one itself.
    private static func include(_ entries: [Combination], in originals: [Combination], keys: [String]) -> [Combination]
    {
        var combinations = originals
        var added: [Combination] = []
        let own = Set(keys.map { $0.lowercased() })
        for entry in entries {
            var joined = false
            for index in combinations.indices {
                let original = originals[index]
                let fits = entry.allSatisfy { part in
                    guard own.contains(part.key.lowercased()) else { return true }
                    return original.contains { same($0.key, part.key) && equal($0.value, part.value) }
                }
                guard fits, !originals.isEmpty else { continue }
                joined = true
                for part in entry where !own.contains(part.key.lowercased()) {
                    combinations[index].removeAll { same($0.key, part.key) }
                    combinations[index].append(part)
                }
            }
            if !joined { added.append(entry) }
        }
        return combinations + added
    }

    private static func entries(_ value: ExpressionValue?, _ name: String, _ location: ProblemLocation)
        throws(Diagnostic) -> [Combination]
    {
        guard let value else { return [] }
        if case .null = value { return [] }
        guard case .array(let array) = value else { throw problem("\"\(name)\" must be a list of mappings", location) }
        var entries: [Combination] = []
        for item in array.items {
            guard case .object(let object) = item else {
                throw problem("\"\(name)\" must be a list of mappings", location)
            }
            entries.append(object.members)
        }
        return entries
    }

    private static func matches(_ entry: Combination, _ combination: Combination) -> Bool {
        entry.allSatisfy { part in combination.contains { same($0.key, part.key) && equal($0.value, part.value) } }
    }

    private static func same(_ left: String, _ right: String) -> Bool { left.lowercased() == right.lowercased() }

    /// Equal by content, arrays and objects too.
    static func equal(_ left: ExpressionValue, _ right: ExpressionValue) -> Bool {
        switch (left, right) {
        case (.array(let left), .array(let right)):
            left.items.count == right.items.count && zip(left.items, right.items).allSatisfy { equal($0, $1) }
        case (.object(let left), .object(let right)):
            left.members.count == right.members.count
                && left.members.allSatisfy { member in right[member.key].map { equal(member.value, $0) } ?? false }
        default: left.isEqual(to: right)
        }
    }

    private static func problem(_ summary: String, _ location: ProblemLocation) -> Diagnostic {
        Diagnostic("workflows.matrix", summary, at: location)
    }

    private static func tooMany(_ count: Int, _ location: ProblemLocation) -> Diagnostic {
        Diagnostic(
            "workflows.matrix.too-large", "the matrix gives \(count) jobs or more, and \(limit) is the limit",
            at: location,
            remedy: "Shorten its lists or exclude combinations.")
    }
}
