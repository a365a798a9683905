import ArgumentParser
import Delivery
import Foundation
import Releases

/// `estiba status`
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What runs where, since when, from which commit.",
        discussion: "Example:  estiba status --app porttrack")
    @OptionGroup var server: ServerOptions
    @Option(help: "Only this app.") var app: String?

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let all = try await client.get("/api/v1/environments", query: [("app", app)], as: [EnvironmentStatus].self)
            if server.json { return try printJSON(all) }
            let style = Style.detect()
            if all.isEmpty {
                print("Nothing has been delivered yet. Try: estiba deliver path/to/app")
                return
            }
            var table = TextTable(["APP", "ENVIRONMENT", "RELEASE", "COMMIT", "SINCE", "UNDER WAY"])
            for status in all {
                let since = status.stable.map { readable(seconds: Date().timeIntervalSince($0.since)) + " ago" }
                let subject =
                    status.release.map { "\($0.revision.shortCommit) \($0.revision.subject)" } ?? status.stable?.commit
                table.add([
                    status.app.value, status.name.value, status.stable?.release.description ?? "-", subject ?? "-",
                    since ?? "-",
                    status.underWay.map { "\($0.run) \($0.phase): \($0.detail)" } ?? "",
                ])
            }
            print(table.render(style))
        } catch { throw fail(error) }
    }
}

/// Prints a value as indented JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
