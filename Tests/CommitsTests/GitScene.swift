import Delivery
import FoundationEssentials
import Hummingbird
import Linux
import Logging
import ServiceLifecycle
import Testing
import Web

@testable import Commits

/// A git server on a free port, with the real git as its client.
struct GitScene: Sendable {
    let root: String
    let repositories: Repositories
    let feed: PushFeed
    let url: String

    static let app: AppName = {
        do { return try AppName("harbour") } catch { preconditionFailure("a valid name") }
    }()

    /// Runs git as a user would.
    @discardableResult
    func git(_ arguments: String..., in folder: String? = nil) async throws -> String {
        var environment = [
            "PATH": Command.processEnvironment()["PATH"] ?? Command.usualPath, "HOME": root, "LC_ALL": "C",
        ]
        for (name, value) in [("AUTHOR", "Ana"), ("COMMITTER", "Ben")] {
            environment["GIT_\(name)_NAME"] = value
            environment["GIT_\(name)_EMAIL"] = "\(value.lowercased())@example.com"
        }
        environment["GIT_TERMINAL_PROMPT"] = "0"
        let command = Command("git", arguments, environment: .exactly(environment), directory: folder ?? root)
        return try await command.run().checked().text
    }

    /// A working copy with one commit on main.
    func workingCopy(_ name: String = "work", files: [String: String] = ["README": "hello\n"]) async throws -> String {
        let folder = root + "/" + name
        try await git("init", "-q", "-b", "main", folder)
        try await commit(files, "first: \(name)", in: folder)
        return folder
    }

    @discardableResult
    func commit(_ files: [String: String], _ message: String, in folder: String) async throws -> String {
        for (path, text) in files {
            try FileSystem.makeDirectory(FileSystem.parent(of: folder + "/" + path))
            try FileSystem.writeAtomically(Array(text.utf8), to: folder + "/" + path)
        }
        try await git("add", "-A", in: folder)
        try await git("commit", "-q", "-m", message, in: folder)
        return String(try await git("rev-parse", "HEAD", in: folder).dropLast())
    }

    /// A server for the length of `body`; with `root`, over the folder of an earlier one.
    static func with(_ earlier: String? = nil, _ body: @escaping @Sendable (GitScene) async throws -> Void) async throws
    {
        let root = try earlier ?? FileSystem.makeTemporaryDirectory(prefix: "/tmp/estiba-commits-")
        defer { if earlier == nil { try? FileSystem.removeTree(root) } }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let repositories = Repositories(directory: root + "/git")
        let feed = PushFeed(repositories: repositories, logger: logger)
        let router = Router(context: WebContext.self)
        router.add(middleware: ProblemMiddleware())
        GitRoutes(repositories: repositories, changed: { feed.refsMayHaveChanged($0) }, authorize: { _, _, _ in }).add(
            to: router)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let server = WebServer(name: "git", port: 0, responder: router.buildResponder(), logger: logger) {
            port.yield($0)
        }
        let group = ServiceGroup(services: [server, feed], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await number in ports {
                let scene = GitScene(
                    root: root, repositories: repositories, feed: feed,
                    url: "http://127.0.0.1:\(number)/git/harbour.git")
                do { try await body(scene) } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
