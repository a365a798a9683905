import Problems

/// The full name of a branch or tag (`refs/heads/main`), by the rules of git-check-ref-format(1).
package struct RefName: Sendable, Hashable, CustomStringConvertible {
    package let value: String

    /// - Parameter text: `main`, `heads/main`, `tags/v1` or the full name; a short name is a branch.
    package init(_ text: String) throws(CommitProblem) {
        let full: String
        if text.hasPrefix("refs/") {
            full = text
        } else if text.hasPrefix("heads/") || text.hasPrefix("tags/") {
            full = "refs/" + text
        } else {
            full = "refs/heads/" + text
        }
        guard Self.isValid(full), full.hasPrefix("refs/heads/") || full.hasPrefix("refs/tags/") else {
            throw CommitProblem.invalidRef(text)
        }
        value = full
    }

    package var description: String { value }

    /// Without `refs/heads/` or `refs/tags/`.
    package var short: String {
        String(value.dropFirst(isTag ? 10 : 11))
    }

    package var isTag: Bool { value.hasPrefix("refs/tags/") }

    package static func isValid(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        let forbidden = Array(" ~^:?*[\\".utf8)
        if bytes.contains(where: { $0 < 0x21 || $0 == 0x7F || forbidden.contains($0) }) { return false }
        if name.contains("..") || name.contains("@{") || name.hasSuffix(".") || bytes.count > 1000 { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.hasSuffix(".lock")
        }
    }
}
