import ArgumentParser
import Foundation
import Kube

/// `estiba logs`
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Ask the logs in LogQL.",
        discussion: "Example:  estiba logs '{service=\"ships\", env=\"prod\"} | json | status >= 500' --last 1h")
    @OptionGroup var server: ServerOptions
    @Argument(help: "A LogQL query.") var query: String
    @Option(help: "How far back, such as 15m or 2h.") var last = "1h"
    @Option(help: "At most so many lines.") var limit = 100

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let end = Date().timeIntervalSince1970
            let start = end - (try duration(seconds: last))
            let data = try await client.raw(
                client.endpoints.url(\.loki) + "/loki/api/v1/query_range",
                query: [
                    ("query", query), ("limit", "\(limit)"), ("start", "\(Int64(start * 1e9))"),
                    ("end", "\(Int64(end * 1e9))"),
                    ("direction", "backward"),
                ], refused: { QueryRefusal.problem("logs.refused", query, status: $0, $1) })
            if server.json { return print(String(decoding: data, as: UTF8.self)) }
            show(try JSON.parse(Array(data))["data"] ?? .null)
        } catch { throw fail(error) }
    }

    private func show(_ data: JSON) {
        let style = Style.detect()
        guard data["resultType"] == "streams" else {
            for series in data["result"]?.array ?? [] {
                let values = (series["values"]?.array ?? []).compactMap { $0[1]?.string.flatMap { Double($0) } }
                print(labels(series["metric"]), sparkline(values), values.last.map { "\($0)" } ?? "")
            }
            return
        }
        var lines: [(time: Int64, source: String, text: String)] = []
        for stream in data["result"]?.array ?? [] {
            let source =
                [stream["stream"]?["service"], stream["stream"]?["pod"]].compactMap { $0?.string }.last
                ?? labels(stream["stream"])
            for value in stream["values"]?.array ?? [] {
                lines.append((value[0]?.string.flatMap { Int64($0) } ?? 0, source, value[1]?.string ?? ""))
            }
        }
        for line in lines.sorted(by: { $0.time < $1.time }) {
            let time = Date(timeIntervalSince1970: Double(line.time) / 1e9).formatted(.iso8601)
            print(style.dim(time), style.accent(line.source), line.text)
        }
    }

    private func labels(_ tree: JSON?) -> String {
        "{"
            + (tree?.stringMap ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(
                separator: ", ") + "}"
    }
}
