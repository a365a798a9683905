import ArgumentParser
import Delivery
import Foundation
import Releases

/// `estiba history`
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The journal: who did what to which release, where and when.",
        discussion: "Example:  estiba history --env prod --limit 20")
    @OptionGroup var server: ServerOptions
    @Option(help: "Only this app.") var app: String?
    @Option(help: "Only this environment.") var env: String?
    @Option(help: "Only this release, such as porttrack-42.") var release: String?
    @Option(help: "How many events, the newest ones.") var limit = 50

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let events = try await client.get(
                "/api/v1/events", query: [("app", app), ("env", env), ("release", release), ("limit", String(limit))],
                as: [DeliveryEvent].self)
            if server.json { return try printJSON(events) }
            let style = Style.detect()
            for event in events {
                let place = [event.release?.description, event.environment?.value].compactMap { $0 }.joined(
                    separator: " ")
                print(
                    style.dim(event.at.formatted(.iso8601)), style.accent(pad(event.kind.rawValue, 20)), pad(place, 20),
                    event.message, event.byline.map(style.dim) ?? "")
            }
        } catch { throw fail(error) }
    }

    private func pad(_ text: String, _ width: Int) -> String {
        text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
    }
}

/// `estiba releases`
struct ReleasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "releases", abstract: "The releases of an app, newest first.",
        discussion: "Example:  estiba releases porttrack")
    @OptionGroup var server: ServerOptions
    @Argument(help: "The app.") var app: String

    func run() async throws {
        do {
            let releases = try await APIClient(server.directory).get("/api/v1/apps/\(app)/releases", as: [Release].self)
            if server.json { return try printJSON(releases) }
            var table = TextTable(["RELEASE", "COMMIT", "AUTHOR", "CREATED", "SUBJECT"])
            for release in releases {
                table.add([
                    release.id.description, release.revision.shortCommit, release.revision.authorName,
                    release.createdAt.formatted(.iso8601), release.revision.subject,
                ])
            }
            print(table.render(Style.detect()))
        } catch { throw fail(error) }
    }
}
