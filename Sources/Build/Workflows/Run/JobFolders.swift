import Delivery
import FoundationEssentials

/// The folders of one job.
struct JobFolders: Sendable {
    let root: String
    /// The working copy that the last job here has left, from which a checkout may begin.
    let earlier: String
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

    /// - Parameter place: A name that no other job uses at this time.
    init(_ settings: RunnerSettings, _ app: AppName, place: String) {
        root = "\(settings.scratch)/\(place)"
        earlier = root + "/earlier"
        workspace = root + "/work"
        temp = root + "/temp"
        commands = root + "/commands"
        let kept = "\(settings.caches)/\(app)"
        toolCache = kept + "/tools"
        home = kept + "/home"
        caches = kept + "/caches"
    }

    func create() throws {
        clear()
        for folder in [workspace, temp, commands, toolCache, home, caches] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    /// Removes all but the working copy, where there is one: the next job may begin from it.
    func leave() {
        let files = FileManager.default
        if files.fileExists(atPath: workspace + "/.git") {
            try? files.removeItem(atPath: earlier)
            try? files.moveItem(atPath: workspace, toPath: earlier)
        }
        clear()
    }

    private func clear() {
        for folder in [workspace, temp, commands] { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// What marks the processes of a job, the same after a restart.
    static func mark(_ id: RunID, _ key: String, _ job: String, in archive: String) -> String {
        "estiba:\(archive):\(id):\(key):\(job)"
    }
}
