import Foundation
import Linux
import Problems

/// Where everything lives that outlasts the process. One server at a time owns it.
struct DataDirectory: Sendable {
    let path: String

    init(_ path: String) {
        self.path = URL(filePath: path).standardizedFileURL.path
    }

    var identity: String { path + "/identity" }
    var adminToken: String { identity + "/admin.token" }
    var endpointsFile: String { path + "/endpoints.json" }
    var lockFile: String { path + "/estiba.lock" }
    var git: String { path + "/git" }
    var runs: String { path + "/runs" }
    var toolCache: String { path + "/tools" }
    var blobs: String { path + "/blobs" }
    var registry: String { path + "/registry" }
    var layers: String { path + "/layers" }
    var builds: String { path + "/builds" }
    var pods: String { path + "/pods" }
    var series: String { path + "/series" }
    var logs: String { path + "/logs" }
    func database(_ name: String) -> String { "\(path)/\(name).db" }

    /// Makes the folders that are absent; the root is readable by its owner only.
    func prepare() throws {
        for folder in [path, identity, git, runs, toolCache, blobs, registry, layers, builds, pods, series, logs] {
            do {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true,
                    attributes: folder == path || folder == identity ? [.posixPermissions: 0o700] : nil)
            } catch {
                throw PlainProblem(
                    "data.unwritable", "can't make the data directory \(folder)",
                    remedy: "Choose another with --data DIR, or run as a user who may write there.", cause: error)
            }
        }
        // The folder may have been made by somebody else: databases in it hold the cluster's Secrets.
        do {
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        } catch {
            throw PlainProblem(
                "data.permissions", "can't keep other users out of \(path)",
                remedy: "Choose a folder that the server's user owns, with --data DIR.", cause: error)
        }
    }
}
