/// The actions that Estiba brings along. Other actions would have to be fetched from somewhere else, and aren't supported yet.
package enum BuiltInAction: String, Sendable, CaseIterable {
    case checkout = "actions/checkout"
    case uploadArtifact = "actions/upload-artifact"
    case downloadArtifact = "actions/download-artifact"
    case cache = "actions/cache"

    /// The inputs that are honoured.
    var inputs: Set<String> {
        switch self {
        case .checkout: ["path"]
        case .uploadArtifact: ["name", "path", "if-no-files-found", "overwrite", "include-hidden-files"]
        case .downloadArtifact: ["name", "path", "pattern", "merge-multiple"]
        case .cache: ["path", "key", "restore-keys", "fail-on-cache-miss", "lookup-only"]
        }
    }

    /// Inputs that make no difference here: there is one tree, whole, and no remote service behind it.
    var ignoredInputs: Set<String> {
        switch self {
        case .checkout:
            [
                "fetch-depth", "fetch-tags", "persist-credentials", "token", "clean", "show-progress", "filter",
                "set-safe-directory",
            ]
        case .uploadArtifact: ["retention-days", "compression-level"]
        case .downloadArtifact: []
        case .cache: ["enableCrossOsArchive", "save-always", "upload-chunk-size"]
        }
    }

    /// Inputs without which the action can do nothing.
    var requiredInputs: [String] {
        switch self {
        case .checkout, .downloadArtifact: []
        case .uploadArtifact: ["path"]
        case .cache: ["path", "key"]
        }
    }
}
