import Glibc

/// How the judges write numbers.
enum Wording {
    /// `3 of 412 (0.73 %)`
    static func share(_ hits: Int, _ total: Int) -> String {
        total == 0 ? "0 of 0" : "\(hits) of \(total) (\(fixed(Double(hits) / Double(total) * 100, decimals: 2)) %)"
    }

    static func odds(_ value: Double) -> String {
        value >= 1e6 ? "over 1000000" : trimmed(value, decimals: value < 10 ? 1 : 0)
    }

    /// `0.8 points` for 0.008
    static func points(_ value: Double) -> String {
        let text = trimmed(value * 100, decimals: value < 0.01 ? 2 : 1)
        return text + (text == "1" ? " point" : " points")
    }

    /// `12 %` for 0.12
    static func percent(_ value: Double) -> String { trimmed(value * 100, decimals: value < 0.1 ? 1 : 0) + " %" }

    static func milliseconds(_ microseconds: Double?) -> String {
        microseconds.map { trimmed($0 / 1000, decimals: $0 < 100_000 ? 1 : 0) + " ms" } ?? "none"
    }
}
