import Synchronization

/// Counts of a service in the Prometheus text format: requests and how long they took.
package final class Metrics: Sendable {
    private struct Key: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    private struct Duration {
        var buckets: [Int]
        var sum: Double = 0
        var count = 0
    }

    private struct State {
        var requests: [Key: Int] = [:]
        var durations: [String: Duration] = [:]
    }

    private let state = Mutex(State())

    /// Upper bounds of the latency buckets, in seconds.
    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

    package init() {}

    package func record(route: String, method: String, status: Int, seconds: Double) {
        state.withLock { state in
            state.requests[Key(route: route, method: method, status: status), default: 0] += 1
            var duration = state.durations[route] ?? Duration(buckets: Array(repeating: 0, count: Self.bounds.count))
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { duration.buckets[index] += 1 }
            duration.sum += seconds
            duration.count += 1
            state.durations[route] = duration
        }
    }

    /// The text exposition format, version 0.0.4.
    package var exposition: String {
        let state = state.withLock { $0 }
        var text = "# TYPE http_requests_total counter\n"
        for (key, count) in state.requests.sorted(by: {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }) {
            text +=
                "http_requests_total{route=\"\(key.route)\",method=\"\(key.method)\",code=\"\(key.status)\"} \(count)\n"
        }
        text += "# TYPE http_request_duration_seconds histogram\n"
        for (route, duration) in state.durations.sorted(by: { $0.key < $1.key }) {
            for (index, bound) in Self.bounds.enumerated() {
                text +=
                    "http_request_duration_seconds_bucket{route=\"\(route)\",le=\"\(bound)\"} \(duration.buckets[index])\n"
            }
            text += "http_request_duration_seconds_bucket{route=\"\(route)\",le=\"+Inf\"} \(duration.count)\n"
            text += "http_request_duration_seconds_sum{route=\"\(route)\"} \(duration.sum)\n"
            text += "http_request_duration_seconds_count{route=\"\(route)\"} \(duration.count)\n"
        }
        return text
    }
}
