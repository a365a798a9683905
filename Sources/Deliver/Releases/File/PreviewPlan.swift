import Crypto
package import Delivery

/// Environments of their own for branches: which, and what differs in them.
package struct PreviewPlan: Sendable, Hashable, Codable {
    /// Patterns of branch names; `*` stands for any text.
    package var branches: [String]
    package var overlay: String?
    package var verify: String?
    package var values: [String: String]?
    package var secrets: [String: [String: String]]?

    package init(branches: [String] = ["*"]) { self.branches = branches }

    /// Whether a branch gets an environment. `branch`: without `refs/heads/`.
    package func covers(_ branch: String) -> Bool {
        branches.contains { Self.matches(Substring($0), Substring(branch)) }
    }

    /// The environment of a branch: no gates, no canary, the embedded engine.
    package func environment(_ name: EnvironmentName) -> EnvironmentPlan {
        var plan = EnvironmentPlan(name: name)
        plan.overlay = overlay
        plan.verify = verify
        plan.values = values
        plan.secrets = secrets
        return plan
    }

    /// A name for a branch's environment that is safe in host names: `feature/login` → `feature-login`. Where the branch has
    /// other characters than that, is long, or where the name is taken, a digest of the branch keeps it apart from others.
    ///
    /// - Parameter taken: The names of other environments.
    package static func name(of branch: String, taken: Set<String>) -> EnvironmentName? {
        var plain = ""
        for character in branch.lowercased() {
            let isKept = character.isASCII && (character.isLetter || character.isNumber)
            if isKept { plain.append(character) } else if plain.last != "-", !plain.isEmpty { plain.append("-") }
        }
        while plain.last == "-" { plain.removeLast() }
        let isFaithful = plain == branch.split(separator: "/").joined(separator: "-")
        if isFaithful, !taken.contains(plain), let name = try? EnvironmentName(plain) { return name }
        let digest = SHA256.hash(data: Array(branch.utf8)).prefix(4).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let stem = plain.prefix(30)
        return try? EnvironmentName((stem.isEmpty ? "branch" : String(stem)) + "-" + digest)
    }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            let rest = pattern.dropFirst()
            var tail = text
            while true {
                if matches(rest, tail) { return true }
                if tail.isEmpty { return false }
                tail = tail.dropFirst()
            }
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
}
