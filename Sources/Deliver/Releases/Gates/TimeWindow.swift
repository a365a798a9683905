package import Foundation

/// When a change may begin: days of the week and hours of the day in a time zone.
package struct TimeWindow: Sendable, Hashable, Codable, CustomStringConvertible {
    /// A day of the week, Monday first.
    package enum Weekday: String, Sendable, Hashable, Codable, CaseIterable {
        case mon, tue, wed, thu, fri, sat, sun

        var before: Weekday { Self.allCases[(index + 6) % 7] }
        var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// Monday first.
    package var days: [Weekday]
    /// Minutes since midnight. Where `to` is not after `from`, the window lasts over midnight.
    package var from: Int
    /// Exclusive; 1440 for the end of the day.
    package var to: Int
    /// `Europe/Madrid`, of the IANA time zone database.
    package var zone: String

    package init(days: [Weekday] = Weekday.allCases, from: Int = 0, to: Int = 1440, zone: String = "UTC") {
        self.days = days
        self.from = from
        self.to = to
        self.zone = zone
    }

    /// Whether a change may begin at this time.
    package func contains(_ date: Date) -> Bool {
        let parts = calendar.dateComponents([.weekday, .hour, .minute], from: date)
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        let day = weekday(parts.weekday)
        if from < to { return days.contains(day) && minute >= from && minute < to }
        return minute >= from ? days.contains(day) : minute < to && days.contains(day.before)
    }

    /// When it opens next, strictly after `date`.
    package func nextOpening(after date: Date) -> Date? {
        let calendar = calendar
        let today = calendar.startOfDay(for: date)
        for offset in 0...8 {
            guard let day = calendar.date(byAdding: .day, value: offset, to: today),
                days.contains(weekday(calendar.component(.weekday, from: day))),
                let opening = calendar.date(bySettingHour: from / 60, minute: from % 60, second: 0, of: day)
            else { continue }
            if opening > date { return opening }
        }
        return nil
    }

    package var description: String {
        let days = days == Weekday.allCases ? "every day" : days.map(\.rawValue).joined(separator: ", ")
        return "\(days) \(Self.clock(from))-\(Self.clock(to)) \(zone)"
    }

    private static func clock(_ minutes: Int) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
    }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        return calendar
    }

    /// `number`: 1 for Sunday, as calendars count.
    private func weekday(_ number: Int?) -> Weekday { Weekday.allCases[((number ?? 1) + 5) % 7] }
}
