import FoundationEssentials
import Kube

/// A wall-clock time as objects write it: RFC 3339 in UTC, in whole seconds.
struct Moment: Sendable, Hashable, Comparable {
    /// Seconds since 1970.
    let seconds: Double

    init(seconds: Double) { self.seconds = seconds }

    init(_ date: Date) { seconds = date.timeIntervalSince1970 }

    /// Nil where the text is absent or isn't a time.
    init?(_ text: String?) {
        guard let text, let date = Timestamp.date(text) else { return nil }
        self.init(date)
    }

    var text: String { Timestamp.text(seconds: Int64(seconds.rounded(.down))) }

    static func < (left: Moment, right: Moment) -> Bool { left.seconds < right.seconds }
    static func - (left: Moment, right: Moment) -> Duration {
        .milliseconds(Int(((left.seconds - right.seconds) * 1000).rounded()))
    }
}
