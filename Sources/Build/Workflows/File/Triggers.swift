/// `on`: what starts the workflow.
package struct Triggers: Sendable {
    package var push: PushFilter?
    package var dispatch: [DispatchInput]?
    /// Names of events that never happen here (`pull_request`, `schedule`).
    package var others: [String]

    package init(push: PushFilter? = nil, dispatch: [DispatchInput]? = nil, others: [String] = []) {
        self.push = push
        self.dispatch = dispatch
        self.others = others
    }
}

/// An input of `workflow_dispatch`.
package struct DispatchInput: Sendable {
    package var name: String
    package var type: String
    package var defaultValue: String?
    package var isRequired: Bool
    package var options: [String]
}

/// The filters of `on.push`. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#onpush
package struct PushFilter: Sendable {
    package var branches: [String]?
    package var branchesIgnore: [String]?
    package var tags: [String]?
    package var tagsIgnore: [String]?
    package var paths: [String]?
    package var pathsIgnore: [String]?

    package init() {}

    /// Whether a push of this ref with these changed paths starts the workflow. Paths don't count for a tag,
    /// nor where the changed paths aren't known.
    package func accepts(ref: String, changedPaths: [String]?) -> Bool {
        if ref.hasPrefix("refs/tags/") { return acceptsTag(String(ref.dropFirst(10))) }
        guard ref.hasPrefix("refs/heads/") else { return false }
        return acceptsBranch(String(ref.dropFirst(11))) && acceptsPaths(changedPaths)
    }

    private func acceptsBranch(_ name: String) -> Bool {
        if let branches { return GlobPattern.selects(branches, name) }
        if let branchesIgnore { return !GlobPattern.selects(branchesIgnore, name) }
        return tags == nil && tagsIgnore == nil
    }

    private func acceptsTag(_ name: String) -> Bool {
        if let tags { return GlobPattern.selects(tags, name) }
        if let tagsIgnore { return !GlobPattern.selects(tagsIgnore, name) }
        return branches == nil && branchesIgnore == nil
    }

    private func acceptsPaths(_ changed: [String]?) -> Bool {
        guard let changed else { return true }
        if let paths { return changed.contains { GlobPattern.selects(paths, $0) } }
        if let pathsIgnore { return changed.isEmpty || changed.contains { !GlobPattern.selects(pathsIgnore, $0) } }
        return true
    }
}
