package import Delivery
import Linux

/// The bare repositories of the data directory, one for each app.
package struct Repositories: Sendable {
    package let directory: String

    package init(directory: String) {
        self.directory = directory
    }

    /// The apps that have a repository, sorted.
    package func apps() -> [AppName] {
        let names = (try? FileSystem.list(directory)) ?? []
        return names.filter { $0.hasSuffix(".git") }.compactMap { try? AppName(String($0.dropLast(4))) }.sorted()
    }

    /// The repository of an app.
    ///
    /// - Throws: `CommitProblem.noRepository`.
    package func repository(_ app: AppName) throws -> Repository {
        let repository = Repository(app: app, path: path(app))
        guard FileSystem.exists(repository.path + "/HEAD") else {
            throw CommitProblem.noRepository(app.value, known: apps().map(\.value))
        }
        return repository
    }

    /// Makes an app's repository where there is none. Two callers at a time do no harm.
    package func create(_ app: AppName) async throws -> Repository {
        let path = path(app)
        if !FileSystem.exists(path + "/HEAD") {
            try FileSystem.makeDirectory(directory)
            let lock = try await FileLock.lock("\(directory)/.\(app).lock")
            defer { lock.unlock() }
            if !FileSystem.exists(path + "/HEAD") { try await initialise(path) }
        }
        return Repository(app: app, path: path)
    }

    private func initialise(_ path: String) async throws {
        let staging = path + ".new"
        try FileSystem.removeTree(staging)
        _ = try await Git().run(
            ["init", "--quiet", "--bare", "--initial-branch=main", "--template=", staging],
            to: "make the repository \(path)")
        // What is acknowledged is on disk; histories pushed here aren't rewritten by maintenance in the background.
        let configuration = """
            [core]
            \trepositoryformatversion = 0
            \tfilemode = true
            \tbare = true
            \tfsync = committed,loose-object
            [gc]
            \tautoDetach = false
            [receive]
            \tautogc = false
            \tfsckObjects = true
            \tdenyDeleteCurrent = warn
            [http]
            \treceivepack = true
            \tgetanyfile = false
            [uploadpack]
            \tallowAnySHA1InWant = true
            \tallowFilter = true
            """
        try FileSystem.writeAtomically(Array((configuration + "\n").utf8), to: staging + "/config")
        try FileSystem.rename(staging, to: path, durable: true)
    }

    private func path(_ app: AppName) -> String { "\(directory)/\(app).git" }
}
