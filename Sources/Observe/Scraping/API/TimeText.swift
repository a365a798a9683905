/// Timestamps as the HTTP API writes and reads them.
enum TimeText {
    /// Milliseconds since 1970 from seconds with a fraction or from RFC 3339.
    static func parse(_ text: String) -> Int64? {
        if let seconds = Double(text) {
            return seconds.magnitude < 1e15 ? Int64((seconds * 1000).rounded()) : nil
        }
        return rfc3339(text)
    }

    /// `2026-11-21T09:00:00.123Z`, `2026-11-21T10:00:00+01:00`
    private static func rfc3339(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            let digits = bytes[range]
            guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
            let minute = number(14..<16), let second = number(17..<19), bytes[4] == 0x2D, bytes[7] == 0x2D,
            bytes[10] | 0x20 == UInt8(ascii: "t"), bytes[13] == 0x3A, bytes[16] == 0x3A, (1...12).contains(month),
            (1...31).contains(day), hour < 24, minute < 60, second <= 60
        else { return nil }
        var index = 19
        var fraction: Int64 = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            var scale: Int64 = 100
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 {
                fraction += Int64(bytes[index] - 0x30) * scale
                scale /= 10
                index += 1
            }
        }
        var offset: Int64 = 0
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
            guard bytes.count == index + 6, let hours = number(index + 1..<index + 3),
                let minutes = number(index + 4..<index + 6)
            else { return nil }
            offset = (hours * 60 + minutes) * (bytes[index] == UInt8(ascii: "-") ? -1 : 1)
        } else if bytes[index] | 0x20 != UInt8(ascii: "z") || bytes.count != index + 1 {
            return nil
        }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second
        return seconds * 1000 + fraction
    }

    /// Days since 1970 of a civil date.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// Appends `1435781451.781`: seconds, with milliseconds where there are any.
    static func write(_ time: Int64, into out: inout [UInt8]) {
        if time < 0 { out.append(UInt8(ascii: "-")) }
        let magnitude = time.magnitude
        out.append(contentsOf: String(magnitude / 1000).utf8)
        let rest = magnitude % 1000
        guard rest > 0 else { return }
        out.append(UInt8(ascii: "."))
        var digits = [rest / 100, rest / 10 % 10, rest % 10]
        while digits.last == 0 { digits.removeLast() }
        for digit in digits { out.append(UInt8(0x30 + digit)) }
    }
}
