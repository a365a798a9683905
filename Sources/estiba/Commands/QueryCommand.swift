import ArgumentParser
import Foundation
import Kube
import Problems

/// `estiba query`
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask the metrics in PromQL.",
        discussion: "Example:  estiba query 'sum by (track) (rate(estiba_gateway_requests_total[1m]))' --last 10m")
    @OptionGroup var server: ServerOptions
    @Argument(help: "A PromQL expression.") var expression: String
    @Option(help: "Show the course of the last minutes or hours, such as 10m, as a sparkline.") var last: String?

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let base = client.endpoints.url(\.prometheus) + "/api/v1/"
            let now = Date().timeIntervalSince1970
            let refused = { (status: Int, body: Data) -> any Problem in
                QueryRefusal.problem("query.refused", expression, status: status, body)
            }
            let data: Data
            if let last {
                let seconds = try duration(seconds: last)
                data = try await client.raw(
                    base + "query_range",
                    query: [
                        ("query", expression), ("start", "\(now - seconds)"), ("end", "\(now)"),
                        ("step", "\(max(1, seconds / 40))"),
                    ], refused: refused)
            } else {
                data = try await client.raw(base + "query", query: [("query", expression)], refused: refused)
            }
            if server.json { return print(String(decoding: data, as: UTF8.self)) }
            show(try JSON.parse(Array(data)))
        } catch { throw fail(error) }
    }

    private func show(_ tree: JSON) {
        let result = tree["data"]?["result"]
        if let scalar = result?[1]?.string {
            print(scalar)
            return
        }
        var table = TextTable(["SERIES", last == nil ? "VALUE" : "COURSE", ""])
        for series in result?.array ?? [] {
            let labels = series["metric"]?.stringMap ?? [:]
            let name =
                (labels["__name__"] ?? "") + "{"
                + labels.filter { $0.key != "__name__" }.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }
                .joined(separator: ", ") + "}"
            if let points = series["values"]?.array {
                let values = points.compactMap { $0[1]?.string.flatMap { Double($0) } }
                table.add([name, sparkline(values), values.last.map { "\($0)" } ?? ""])
            } else {
                table.add([name, series["value"]?[1]?.string ?? "", ""])
            }
        }
        print(table.render(Style.detect()))
    }
}

/// `30s`, `10m`, `2h`, `1d` in seconds.
func duration(seconds text: String) throws -> Double {
    let scales: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
    guard let unit = text.last, let scale = scales[unit], let count = Double(text.dropLast()), count > 0 else {
        throw ValidationError("\"\(text)\" is not a duration; write 30s, 10m, 2h or 1d")
    }
    return count * scale
}

/// One character a value, from the lowest to the highest.
func sparkline(_ values: [Double]) -> String {
    let marks = Array("▁▂▃▄▅▆▇█")
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    return String(
        values.map { value in
            guard value.isFinite else { return " " }
            let share = high > low ? (value - low) / (high - low) : 0
            return marks[min(marks.count - 1, Int(share * Double(marks.count)))]
        })
}
