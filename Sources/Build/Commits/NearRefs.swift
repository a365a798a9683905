import Problems

/// Finds the branch or tag that was probably meant.
enum NearRefs {
    /// The short names that are near, or a few of those that exist.
    static func near(_ name: String, _ refs: some Sequence<String>) -> [String] {
        let short = refs.map { ref in
            for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
                return String(ref.dropFirst(prefix.count))
            }
            return ref
        }.sorted()
        if let nearest = Suggestion.nearest(to: name, in: short) { return [nearest] }
        return Array(short.prefix(3))
    }
}
