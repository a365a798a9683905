import FoundationEssentials

extension ActionRunner {
    /// Keeps files under the run's folder. As on GitHub, paths are kept from their least common folder on.
    func upload(_ inputs: ActionInputs) async throws -> [String: String] {
        let name = try artifactName(inputs.text("name") ?? "artifact", .uploadArtifact)
        let patterns = try inputs.lines("path").map { pattern in
            let isNegated = pattern.hasPrefix("!")
            let path = try inside(isNegated ? String(pattern.dropFirst()) : pattern, .uploadArtifact)
            return (isNegated ? "!" : "") + path.dropFirst(folders.workspace.count + 1)
        }
        let files = FileGlob(patterns).files(
            in: folders.workspace, includingHidden: inputs.flag("include-hidden-files"))
        if files.isEmpty {
            let words = "no file matches \(inputs.lines("path").joined(separator: ", "))"
            switch inputs.text("if-no-files-found") ?? "warn" {
            case "error": throw ActionProblem(action: .uploadArtifact, why: words)
            case "ignore": try await say(.output, words)
            default: try await say(.warning, words)
            }
            return [:]
        }
        let folder = archive.artifact(request.id, name)
        if FileManager.default.fileExists(atPath: folder) {
            guard inputs.flag("overwrite") else {
                throw ActionProblem(
                    action: .uploadArtifact, why: "there is an artifact \"\(name)\" already",
                    remedy: "Give it another name, or set \"overwrite: true\".")
            }
            try FileManager.default.removeItem(atPath: folder)
        }
        let root = Self.commonFolder(files, patterns)
        let staging = "\(archive.folder(request.id))/artifacts/.\(name)-\(UUID().uuidString)"
        for file in files {
            try copy(
                folders.workspace + "/" + file, to: staging + "/" + file.dropFirst(root.isEmpty ? 0 : root.count + 1))
        }
        try FileManager.default.moveItem(atPath: staging, toPath: folder)
        try await say(.output, "\(files.count) file\(files.count == 1 ? "" : "s") kept as artifact \"\(name)\"")
        return ["artifact-id": name]
    }

    /// Copies one artifact into `path`, or each of several into a folder of its name.
    func download(_ inputs: ActionInputs) async throws -> [String: String] {
        let target = try inside(inputs.text("path") ?? ".", .downloadArtifact)
        let known = archive.artifacts(request.id)
        if let name = inputs.text("name") {
            let name = try artifactName(name, .downloadArtifact)
            guard known.contains(name) else {
                throw ActionProblem(
                    action: .downloadArtifact, why: "there is no artifact \"\(name)\" in this run",
                    remedy: known.isEmpty
                        ? "Let the job that makes it be in \"needs\"." : "It has: \(known.joined(separator: ", ")).")
            }
            try await fetch(name, into: target)
        } else {
            let pattern = inputs.text("pattern").map { GlobPattern($0, flavour: .files) }
            for name in known where pattern?.matches(name) ?? true {
                try await fetch(name, into: inputs.flag("merge-multiple") ? target : "\(target)/\(name)")
            }
        }
        return ["download-path": target]
    }

    private func fetch(_ name: String, into target: String) async throws {
        let folder = archive.artifact(request.id, name)
        let files = FileGlob(["**"]).files(in: folder)
        for file in files { try copy(folder + "/" + file, to: target + "/" + file) }
        try await say(.output, "\(files.count) file\(files.count == 1 ? "" : "s") of artifact \"\(name)\"")
    }

    private func artifactName(_ name: String, _ action: BuiltInAction) throws -> String {
        let isBad =
            name.hasPrefix(".") || name.utf8.count > 200 || name.utf8.contains { "/\\\":<>|*?\r\n".utf8.contains($0) }
        if isBad { throw ActionProblem(action: action, why: "\"\(name)\" can't be the name of an artifact") }
        return name
    }

    /// A single folder or file without wildcards is kept by what is in it; several keep what their paths have in common out.
    static func commonFolder(_ files: [String], _ patterns: [String]) -> String {
        var common = files[0].split(separator: "/").dropLast()
        let wanted = patterns.filter { !$0.hasPrefix("!") }
        for file in files {
            let parts = file.split(separator: "/").dropLast()
            common = common.prefix(zip(common, parts).prefix { $0 == $1 }.count)
        }
        if wanted.count == 1 {
            let fixed = wanted[0].split(separator: "/").prefix { part in !part.contains { "*?[".contains($0) } }
            common = common.prefix(min(common.count, fixed.count))
        }
        return common.joined(separator: "/")
    }
}
