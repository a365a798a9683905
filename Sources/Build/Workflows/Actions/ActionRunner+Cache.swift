import Crypto
import FoundationEssentials

extension ActionRunner {
    /// Restores the paths saved under `key`, or under the newest key that starts like one of `restore-keys`.
    func restore(_ inputs: ActionInputs) async throws -> (outputs: [String: String], afterwards: Afterwards?) {
        let key = inputs.text("key") ?? ""
        let paths = inputs.lines("path")
        if paths.contains(where: { $0.contains("*") }) {
            throw ActionProblem(
                action: .cache, why: "patterns in \"path\" aren't supported yet", remedy: "Name folders and files.")
        }
        let saved = savedKeys(paths)
        let prefixes = [key] + inputs.lines("restore-keys")
        let match =
            saved.first { $0.key == key }
            ?? prefixes.lazy.compactMap { prefix in saved.first { $0.key.hasPrefix(prefix) } }.first
        let isExact = match?.key == key
        guard let match else {
            if inputs.flag("fail-on-cache-miss") {
                throw ActionProblem(action: .cache, why: "nothing is saved under \"\(key)\"")
            }
            try await say(.output, "nothing is saved under \"\(key)\" yet")
            return (["cache-hit": ""], .saveCache(key: key, paths: paths))
        }
        if !inputs.flag("lookup-only") {
            for (index, path) in paths.enumerated() {
                let source = "\(match.folder)/\(index)"
                guard FileManager.default.fileExists(atPath: source) else { continue }
                let target = try absolute(path)
                if FileManager.default.fileExists(atPath: target) { try FileManager.default.removeItem(atPath: target) }
                try copy(source, to: target)
            }
        }
        try await say(.output, "restored what is saved under \"\(match.key)\"")
        return (
            ["cache-hit": isExact ? "true" : "false", "cache-primary-key": key, "cache-matched-key": match.key],
            isExact ? nil : .saveCache(key: key, paths: paths)
        )
    }

    /// Saves the paths once the job has succeeded. What is saved never changes; the first to save wins.
    func save(_ afterwards: Afterwards) throws {
        guard case .saveCache(let key, let paths) = afterwards else { return }
        let folder = "\(cacheFolder(paths))/\(Self.digest(key))"
        if FileManager.default.fileExists(atPath: folder) { return }
        let staging = "\(folders.caches)/.\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: staging, withIntermediateDirectories: true)
        for (index, path) in paths.enumerated() {
            let source = try absolute(path)
            if FileManager.default.fileExists(atPath: source) { try copy(source, to: "\(staging)/\(index)") }
        }
        try Data(key.utf8).write(to: URL(filePath: staging + "/key"))
        try FileManager.default.createDirectory(atPath: cacheFolder(paths), withIntermediateDirectories: true)
        do {
            try FileManager.default.moveItem(atPath: staging, toPath: folder)
        } catch {
            try FileManager.default.removeItem(atPath: staging)
            if !FileManager.default.fileExists(atPath: folder) { throw error }
        }
    }

    private func cacheFolder(_ paths: [String]) -> String {
        "\(folders.caches)/\(Self.digest(paths.joined(separator: "\n")))"
    }

    /// The newest first.
    private func savedKeys(_ paths: [String]) -> [(key: String, folder: String)] {
        let folder = cacheFolder(paths)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name -> (key: String, folder: String, at: Date)? in
            let path = "\(folder)/\(name)"
            guard let key = FileManager.default.contents(atPath: path + "/key") else { return nil }
            let date = (try? FileManager.default.attributesOfItem(atPath: path + "/key"))?[.modificationDate] as? Date
            return (String(decoding: key, as: UTF8.self), path, date ?? .distantPast)
        }
        .sorted { $0.at > $1.at }.map { ($0.key, $0.folder) }
    }

    /// `~` is the home of the app's jobs; other paths are relative to the workspace.
    private func absolute(_ path: String) throws -> String {
        if path == "~" || path.hasPrefix("~/") { return folders.home + path.dropFirst(1) }
        if path.hasPrefix(folders.home + "/") || path.hasPrefix(folders.toolCache + "/") { return path }
        return try inside(path, .cache)
    }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
