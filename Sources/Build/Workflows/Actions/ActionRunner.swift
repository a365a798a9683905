import Delivery
import FoundationEssentials

/// Carries out the built-in actions of a job.
struct ActionRunner: Sendable {
    let request: RunRequest
    let folders: JobFolders
    let archive: RunArchive
    let exporter: any RevisionExporter
    /// Writes a line into the job's log.
    let say: @Sendable (LogLine.Kind, String) async throws -> Void

    /// What is left to do when the job has succeeded.
    enum Afterwards: Sendable {
        case saveCache(key: String, paths: [String])
    }

    /// The outputs of the action.
    func run(_ action: BuiltInAction, _ inputs: ActionInputs) async throws -> (
        outputs: [String: String], afterwards: Afterwards?
    ) {
        switch action {
        case .checkout: (try await checkOut(inputs), nil)
        case .uploadArtifact: (try await upload(inputs), nil)
        case .downloadArtifact: (try await download(inputs), nil)
        case .cache: try await restore(inputs)
        }
    }

    /// A path inside the workspace, as an action's input names it; nothing outside of it is touched.
    func inside(_ path: String, _ action: BuiltInAction) throws -> String {
        var relative =
            path.hasPrefix(folders.workspace + "/") ? String(path.dropFirst(folders.workspace.count + 1)) : path
        while relative.hasSuffix("/") { relative.removeLast() }
        let parts = relative.split(separator: "/")
        if relative.hasPrefix("/") || relative.hasPrefix("~") || parts.contains("..") {
            throw ActionProblem(
                action: action, why: "\"\(path)\" is outside of the workspace",
                remedy: "Use a path below $GITHUB_WORKSPACE.")
        }
        return folders.workspace + parts.filter { $0 != "." }.map { "/" + $0 }.joined()
    }

    private func checkOut(_ inputs: ActionInputs) async throws -> [String: String] {
        let target = try inside(inputs.text("path") ?? ".", .checkout)
        if FileManager.default.fileExists(atPath: target) {
            for name in try FileManager.default.contentsOfDirectory(atPath: target) {
                try FileManager.default.removeItem(atPath: target + "/" + name)
            }
        } else {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
        }
        try await exporter.export(
            request.revision, into: target, earlier: target == folders.workspace ? folders.earlier : nil)
        try await say(.output, "\(request.revision.ref) \(request.revision.commit)")
        return ["commit": request.revision.commit, "ref": request.revision.ref]
    }

    /// Copies a file or a link, with the folders that it needs.
    func copy(_ source: String, to target: String) throws {
        let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
        try FileManager.default.copyItem(atPath: source, toPath: target)
    }
}
