/// Something with metrics, and the labels that its series get.
package struct ScrapeTarget: Sendable, Hashable {
    /// Where the metrics are: a URL, or for a source inside the process its name.
    package var address: String
    /// Which group the target belongs to, for people: `pods`, `estiba`.
    package var pool: String
    package var labels: [String: String]
    /// The series' own labels win over the target's.
    package var honorsLabels: Bool

    package init(address: String, pool: String, labels: [String: String], honorsLabels: Bool = false) {
        self.address = address
        self.pool = pool
        self.labels = labels
        self.honorsLabels = honorsLabels
    }
}

/// Metrics of this process, asked for in place of a request.
package protocol MetricsSource: Sendable {
    /// The metrics as text in the format 0.0.4.
    func exposition() async -> [UInt8]
}
