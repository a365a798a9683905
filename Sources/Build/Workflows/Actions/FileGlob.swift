import FoundationEssentials

/// Finds files below a folder by patterns: `*`, `?`, `**`, `[a-z]`, `!` to take away again. A pattern that names a folder means all in it.
struct FileGlob {
    private let patterns: [(glob: GlobPattern, below: GlobPattern)]

    init(_ patterns: [String]) {
        self.patterns = patterns.compactMap { pattern in
            var text = pattern
            let isNegated = text.hasPrefix("!")
            if isNegated { text.removeFirst() }
            while text.hasPrefix("./") { text.removeFirst(2) }
            while text.hasSuffix("/") { text.removeLast() }
            if text.isEmpty || text == "." { text = "**" }
            let mark = isNegated ? "!" : ""
            return (GlobPattern(mark + text, flavour: .files), GlobPattern(mark + text + "/**", flavour: .files))
        }
    }

    /// Paths of files and symbolic links relative to `root`, sorted. Links are not followed.
    func files(in root: String, includingHidden: Bool = true) -> [String] {
        var found: [String] = []
        walk(root, "", includingHidden) { path in
            var selected = false
            for pattern in patterns where pattern.glob.matches(path) || pattern.below.matches(path) {
                selected = !pattern.glob.isNegated
            }
            if selected { found.append(path) }
        }
        return found.sorted()
    }

    private func walk(_ root: String, _ prefix: String, _ includingHidden: Bool, _ body: (String) -> Void) {
        let folder = prefix.isEmpty ? root : root + "/" + prefix
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            if name == ".git" && prefix.isEmpty || name.hasPrefix(".") && !includingHidden { continue }
            let path = prefix.isEmpty ? name : prefix + "/" + name
            let type =
                (try? FileManager.default.attributesOfItem(atPath: root + "/" + path))?[.type] as? FileAttributeType
            if type == .typeDirectory { walk(root, path, includingHidden, body) } else { body(path) }
        }
    }
}
