import ArgumentParser
import Foundation
import Problems

/// `estiba deliver`
struct DeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver", abstract: "Take a commit through the pipeline, with live progress.",
        discussion: """
            REPO is a directory with a git repository, a URL that git can fetch, or the name of an app that the server \
            knows. A commit that is on its way already is followed, not started twice.

            Example:  estiba deliver . --to dev
            """)
    @OptionGroup var server: ServerOptions
    @Argument(help: "A directory, a URL or the name of an app.") var repo = "."
    @Option(help: "A branch, tag or commit.") var ref = "HEAD"
    @Option(help: "The last environment to go to.") var to: String?
    @Flag(help: "Return at once instead of following the run.") var detach = false

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            var order = DeliverOrder(ref: ref, to: to)
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: repo, isDirectory: &isDirectory), isDirectory.boolValue {
                order.source = URL(filePath: repo).standardizedFileURL.path
            } else if repo.contains("://") || repo.contains(":") {
                order.source = repo
            } else {
                order.app = repo
            }
            let answer = try await client.post("/api/v1/deliveries", order, as: RunAnswer.self)
            if detach { return server.json ? try printJSON(answer) : print("run \(answer.run)") }
            try await RunDisplay(client: client, json: server.json).follow(answer.run)
        } catch let code as ExitCode { throw code } catch { throw fail(error) }
    }
}
