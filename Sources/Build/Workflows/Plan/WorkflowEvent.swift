/// What may start a workflow.
package struct WorkflowEvent: Sendable, Equatable {
    package enum Kind: String, Sendable, Codable {
        case push
        case workflowDispatch = "workflow_dispatch"
    }

    package var kind: Kind
    /// `refs/heads/main`
    package var ref: String
    /// The commit before the push; nil where the ref is new or it isn't known.
    package var before: String?
    /// Paths that differ between the commit before and the pushed one; nil where that isn't known.
    package var changedPaths: [String]?
    /// Who pushed or dispatched.
    package var actor: String
    /// Inputs of a dispatch.
    package var inputs: [String: String]

    package init(
        _ kind: Kind, ref: String, before: String? = nil, changedPaths: [String]? = nil, actor: String = "estiba",
        inputs: [String: String] = [:]
    ) {
        self.kind = kind
        self.ref = ref
        self.before = before
        self.changedPaths = changedPaths
        self.actor = actor
        self.inputs = inputs
    }

    /// `main` for `refs/heads/main`.
    package var refName: String {
        for prefix in ["refs/heads/", "refs/tags/"] where ref.hasPrefix(prefix) {
            return String(ref.dropFirst(prefix.count))
        }
        return ref
    }

    /// `branch` or `tag`.
    package var refType: String { ref.hasPrefix("refs/tags/") ? "tag" : "branch" }
}
