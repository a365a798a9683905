/// Finds what the writer probably meant among the names that are allowed.
package enum Suggestion {
    /// The nearest candidate by edit distance, if it is near enough to be a slip of the keyboard.
    package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
        let limit = max(1, word.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(Array(word.lowercased().utf8), Array(candidate.lowercased().utf8))
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `did you mean "x"?` or, where nothing is near, the list of what is allowed.
    package static func remedy(for word: String, in candidates: some Collection<String>) -> String {
        if let name = nearest(to: word, in: candidates) { return "Did you mean \"\(name)\"?" }
        return "Use one of: " + candidates.sorted().joined(separator: ", ") + "."
    }

    /// Insertions, deletions, substitutions and swaps of neighbours.
    static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.isEmpty { return right.count }
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for (row, byte) in left.enumerated() {
            var current = [row + 1]
            current.reserveCapacity(right.count + 1)
            for (column, other) in right.enumerated() {
                let substitution = previous[column] + (byte == other ? 0 : 1)
                var best = min(substitution, previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                    best = min(best, beforePrevious[column - 1] + 1)
                }
                current.append(best)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
