/// Paths without `.`, `..` and double slashes, as text.
enum PathCleaning {
    /// Relative to a root that `..` can't leave; empty for the root itself.
    static func relative(_ path: some StringProtocol) -> String {
        components(path).joined(separator: "/")
    }

    static func components(_ path: some StringProtocol) -> [String] {
        var parts: [String] = []
        for part in path.split(separator: "/") {
            if part == "." { continue }
            if part == ".." { _ = parts.popLast() } else { parts.append(String(part)) }
        }
        return parts
    }

    /// Absolute: relative paths begin at `base`.
    static func absolute(_ path: String, base: String) -> String {
        "/" + relative(path.hasPrefix("/") ? path : base + "/" + path)
    }
}
