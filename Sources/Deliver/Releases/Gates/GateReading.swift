import Foundation
import Problems
import Syntax

/// Reads what keeps a release out of an environment: `approve` and `windows`.
struct GateReading {
    /// `approve: [ops]`, or `approve: { by: [ops], lasts: 2d }`.
    func approval(_ reader: YAMLReader) -> (by: [String], lasts: Double?) {
        guard case .mapping? = reader.value("approve"), let approve = reader.reader("approve") else {
            return (reader.strings("approve") ?? [], nil)
        }
        let by = approve.strings("by") ?? []
        if by.isEmpty { approve.missing("by") }
        let lasts = approve.string("lasts").flatMap { text -> Double? in
            if let duration = DurationText.parse(text), duration > .zero { return duration.inSeconds }
            approve.report(
                "releases.file.duration", "\"\(text)\" is not a length of time",
                at: (approve.value("lasts") ?? approve.node).location,
                remedy: "Write a number with its unit: 12h, 2d.")
            return nil
        }
        approve.checkKeys()
        return (by, lasts)
    }

    func windows(_ reader: YAMLReader) -> [TimeWindow]? {
        reader.list("windows")?.compactMap { item in
            let window = reader.reader(for: item, named: "windows")
            let (days, hours, zone) = (window.strings("days"), window.string("hours"), window.string("zone"))
            window.checkKeys()
            var result = TimeWindow()
            if let texts = days {
                let known = texts.compactMap { self.days($0, window) }
                guard known.count == texts.count else { return nil }
                result.days = TimeWindow.Weekday.allCases.filter { day in known.contains { $0.contains(day) } }
            }
            if let text = hours {
                guard let range = self.hours(text, window) else { return nil }
                (result.from, result.to) = range
            }
            if let zone {
                guard TimeZone(identifier: zone) != nil else {
                    window.report(
                        "releases.file.zone", "\"\(zone)\" is not a time zone",
                        at: (window.value("zone") ?? item).location,
                        remedy: "Write one of the IANA database, such as Europe/Madrid or UTC.")
                    return nil
                }
                result.zone = zone
            }
            return result
        }
    }

    /// `mon-fri`, over the week's end too, or a single day.
    private func days(_ text: String, _ reader: YAMLReader) -> [TimeWindow.Weekday]? {
        let all = TimeWindow.Weekday.allCases
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
            TimeWindow.Weekday(rawValue: $0.lowercased())
        }
        if let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2 {
            let count = (last.index - first.index + 7) % 7
            return (0...count).map { all[(first.index + $0) % 7] }
        }
        reader.report(
            "releases.file.days", "\"\(text)\" is neither a day of the week nor a range of them",
            at: (reader.value("days") ?? reader.node).location,
            remedy: "Write \(all.map(\.rawValue).joined(separator: ", ")), or a range such as mon-fri.")
        return nil
    }

    /// `09:00-17:30`, over midnight too.
    private func hours(_ text: String, _ reader: YAMLReader) -> (Int, Int)? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { minutes($0) }
        if ends.count == 2, let from = ends[0], let to = ends[1], from < 1440, from != to { return (from, to) }
        reader.report(
            "releases.file.hours", "\"\(text)\" is not a range of hours",
            at: (reader.value("hours") ?? reader.node).location,
            remedy: "Write it as 09:00-17:30; 22:00-04:00 lasts over midnight, 24:00 is the end of the day.")
        return nil
    }

    private func minutes(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.allSatisfy(\.isNumber) }),
            let hours = Int(parts[0]), let rest = Int(parts[1]), rest < 60, hours * 60 + rest <= 1440
        else { return nil }
        return hours * 60 + rest
    }
}
