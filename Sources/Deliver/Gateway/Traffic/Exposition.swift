/// The counts as metrics in the Prometheus text format 0.0.4.
///
/// https://prometheus.io/docs/instrumenting/exposition_formats/
package struct TrafficExposition: Sendable {
    /// Upper bounds of the exposed buckets, in microseconds.
    private static let bounds: [UInt64] = [
        500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
        10_000_000, 30_000_000,
    ]

    /// The text for a snapshot of a ledger, in a stable order.
    package static func text(_ snapshot: [TrafficKey: TrafficCounts]) -> String {
        var series: [String: TrafficCounts] = [:]
        for (key, counts) in snapshot { series[labels(key), default: TrafficCounts()].add(counts) }
        let entries = series.map { (labels: $0.key, counts: $0.value) }.sorted { $0.labels < $1.labels }
        var text = "# HELP estiba_gateway_requests_total Requests answered, by backend and HTTP status.\n"
        text += "# TYPE estiba_gateway_requests_total counter\n"
        for (labels, counts) in entries {
            for (code, count) in counts.codes.sorted(by: { $0.key < $1.key }) {
                text += "estiba_gateway_requests_total{\(labels),code=\"\(code)\"} \(count)\n"
            }
        }
        text += "# HELP estiba_gateway_requests_in_flight Requests that have begun and not ended.\n"
        text += "# TYPE estiba_gateway_requests_in_flight gauge\n"
        for (labels, counts) in entries { text += "estiba_gateway_requests_in_flight{\(labels)} \(counts.inFlight)\n" }
        text += "# HELP estiba_gateway_request_duration_seconds From a request's head to the end of its answer.\n"
        text += "# TYPE estiba_gateway_request_duration_seconds histogram\n"
        for (labels, counts) in entries { text += histogram(counts.latency, labels) }
        return text
    }

    private static func histogram(_ latency: LatencyHistogram, _ labels: String) -> String {
        let name = "estiba_gateway_request_duration_seconds"
        var text = ""
        for bound in bounds {
            text += "\(name)_bucket{\(labels),le=\"\(seconds(bound))\"} \(latency.count(below: bound + 1))\n"
        }
        text += "\(name)_bucket{\(labels),le=\"+Inf\"} \(latency.count)\n"
        text += "\(name)_sum{\(labels)} \(Double(latency.sumMicroseconds) / 1e6)\n"
        return text + "\(name)_count{\(labels)} \(latency.count)\n"
    }

    private static func seconds(_ microseconds: UInt64) -> String {
        microseconds % 1_000_000 == 0 ? "\(microseconds / 1_000_000)" : "\(Double(microseconds) / 1e6)"
    }

    private static func labels(_ key: TrafficKey) -> String {
        [
            ("app", key.app), ("service", key.service), ("env", key.environment), ("release", key.release),
            ("commit", key.commit), ("track", key.track), ("route", key.route),
        ].map { "\($0.0)=\"\(escaped($0.1))\"" }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x22 || $0 == 0x5C || $0 == 0x0A }) else { return value }
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
