import Delivery
import FoundationEssentials

/// The folders of one job.
struct JobFolders: Sendable {
    let root: String
    /// `$GITHUB_WORKSPACE`
    let workspace: String
    /// `$RUNNER_TEMP`
    let temp: String
    /// The files behind `$GITHUB_ENV` and its siblings.
    let commands: String
    /// `$RUNNER_TOOL_CACHE`
    let toolCache: String
    let home: String
    let caches: String

    init(_ settings: RunnerSettings, _ id: RunID, _ key: String, _ job: String) {
        root = "\(settings.scratch)/\(id.app)-\(id.number)-\(key)-\(job)"
        workspace = root + "/work"
        temp = root + "/temp"
        commands = root + "/commands"
        let app = "\(settings.caches)/\(id.app)"
        toolCache = app + "/tools"
        home = app + "/home"
        caches = app + "/caches"
    }

    func create() throws {
        remove()
        for folder in [workspace, temp, commands, toolCache, home, caches] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: root)
    }

    /// What marks the processes of a job, the same after a restart.
    static func mark(_ id: RunID, _ key: String, _ job: String, in archive: String) -> String {
        "estiba:\(archive):\(id):\(key):\(job)"
    }
}
