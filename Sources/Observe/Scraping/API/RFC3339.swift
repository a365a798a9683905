import FoundationEssentials

enum RFC3339 {
    /// `2026-11-21T09:00:00.123Z` from milliseconds since 1970.
    static func text(_ time: Int64) -> String {
        Date(timeIntervalSince1970: Double(time) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}
