/// What has been counted for one `TrafficKey`. All but `inFlight` only grow while the process lives.
package struct TrafficCounts: Sendable, Equatable {
    /// Answered requests by HTTP status. A client that left before its answer counts as 499.
    package var codes: [Int: UInt64] = [:]
    /// Requests that have begun and not ended.
    package var inFlight: Int = 0
    /// From the request's head to the last byte of its answer. Upgraded connections and requests that the client left
    /// are not in it.
    package var latency = LatencyHistogram()

    package init() {}

    /// All answered requests.
    package var requests: UInt64 { codes.values.reduce(0, +) }
    /// Answers of 500 and above.
    package var errors: UInt64 { count(ofClass: 5) }

    /// Answers of one class: 2 for 200 to 299, and so on.
    package func count(ofClass hundred: Int) -> UInt64 {
        codes.reduce(0) { sum, entry in entry.key / 100 == hundred ? sum + entry.value : sum }
    }

    /// Adds the counts of another part of the same traffic.
    package mutating func add(_ other: TrafficCounts) {
        codes.merge(other.codes, uniquingKeysWith: +)
        inFlight += other.inFlight
        latency.add(other.latency)
    }

    /// What was counted since `earlier`, a snapshot of the same key; `inFlight` stays the present one.
    package func since(_ earlier: TrafficCounts) -> TrafficCounts {
        var difference = self
        for (code, count) in earlier.codes {
            let now = difference.codes[code] ?? 0
            difference.codes[code] = now > count ? now - count : nil
        }
        difference.latency = latency.since(earlier.latency)
        return difference
    }
}
