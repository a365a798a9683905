package import Foundation

/// When a freeze ends, as people write it: `2d`, `2026-12-24`, `2026-12-24T08:00`, `2026-12-24T08:00:00+01:00`.
/// A time without a zone is UTC.
package enum FreezeEnd {
    /// Nil where the text is none of these.
    package static func parse(_ text: String, now: Date) -> Date? {
        if let length = DurationText.parse(text) { return now + length.inSeconds }
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        var full = text
        if parts.count == 1 { full += "T00:00:00Z" }
        if parts.count == 2, parts[1].utf8.count == 5 { full += ":00Z" }
        if parts.count == 2, parts[1].utf8.count == 8 { full += "Z" }
        return try? Date(withoutColon(full), strategy: .iso8601)
    }

    /// `+0100` for `+01:00`.
    private static func withoutColon(_ text: String) -> String {
        let end = text.suffix(6)
        guard end.count == 6, let sign = end.first, "+-".contains(sign), end.dropFirst(3).first == ":" else {
            return text
        }
        return String(text.dropLast(3)) + String(text.suffix(2))
    }
}
