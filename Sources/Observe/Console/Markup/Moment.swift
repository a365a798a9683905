import FoundationEssentials

/// Moments as `<time>`: UTC from the server, so that the same facts are the same bytes; the page's script turns them into
/// the reader's own zone and words.
enum Moment {
    /// Becomes `3 min ago`.
    static func ago(_ date: Date) -> HTML {
        "<time datetime=\"\(machine(date))\" data-as=\"ago\">\(people(date))</time>"
    }

    /// Becomes a time of day, or a date and time.
    static func clock(_ date: Date) -> HTML {
        "<time datetime=\"\(machine(date))\" data-as=\"clock\">\(people(date))</time>"
    }

    /// Becomes the time since then, and counts.
    static func since(_ date: Date, now: Date) -> HTML {
        "<time datetime=\"\(machine(date))\" data-as=\"since\">\(Figures.duration(max(0, now.timeIntervalSince(date)).rounded()))</time>"
    }

    static func machine(_ date: Date) -> String {
        date.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(separator: .omitted))
    }

    /// `2026-11-04 12:04:31 UTC`
    static func people(_ date: Date) -> String {
        let text = date.formatted(
            .iso8601.year().month().day().dateTimeSeparator(.space).time(includingFractionalSeconds: false))
        return text + " UTC"
    }
}
