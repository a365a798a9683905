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

    private struct Answer: Encodable {
        let environments: [EnvironmentStatus]
        /// Those that haven't ended.
        let runs: [DeliveryRecord]
    }

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let all = try await client.get("/api/v1/environments", query: [("app", app)], as: [EnvironmentStatus].self)
            let runs = try await client.get("/api/v1/runs", query: [("app", app)], as: [DeliveryRecord].self)
            if server.json { return try printJSON(Answer(environments: all, runs: runs)) }
            let style = Style.detect()
            let building = runs.filter { run in !all.contains { $0.underWay?.run == run.id } }
            if !all.isEmpty { print(environments(all).render(style)) }
            if !all.isEmpty && !building.isEmpty { print() }
            if !building.isEmpty { print(underWay(building).render(style)) }
            if all.isEmpty && building.isEmpty {
                print("Nothing has been delivered yet. Try: estiba deliver path/to/app")
            }
            for status in all {
                for drift in status.drift ?? [] {
                    print(style.dim("drift in \(status.app)/\(status.name):"), drift.summary)
                }
            }
        } catch { throw fail(error) }
    }

    private func environments(_ all: [EnvironmentStatus]) -> TextTable {
        var table = TextTable(["APP", "ENVIRONMENT", "RELEASE", "COMMIT", "SINCE", "UNDER WAY"])
        for status in all {
            let since = status.stable.map { readable(seconds: Date().timeIntervalSince($0.since)) + " ago" }
            let subject =
                status.release.map { "\($0.revision.shortCommit) \($0.revision.subject)" } ?? status.stable?.commit
            table.add([
                status.app.value, status.name.value, status.stable?.release.description ?? "-", subject ?? "-",
                since ?? "-",
                [status.underWay.map { "\($0.run) \($0.phase): \($0.detail)" }, status.freeze?.summary]
                    .compactMap { $0 }.joined(separator: "; "),
            ])
        }
        return table
    }

    /// What is on its way and has not come to an environment yet.
    private func underWay(_ runs: [DeliveryRecord]) -> TextTable {
        var table = TextTable(["RUN", "COMMIT", "BY", "BEGAN", "STAGE"])
        for run in runs {
            let stage = run.stages.last.map { "\($0.name): \($0.detail)" } ?? "waits for its turn"
            table.add([
                run.id.description, "\(run.revision.shortCommit) \(run.revision.subject)", run.actor,
                readable(seconds: Date().timeIntervalSince(run.createdAt)) + " ago", stage,
            ])
        }
        return table
    }
}

/// Prints a value as indented JSON with sorted keys.
func printJSON(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
}
