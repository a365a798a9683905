/// Numbers as people read them, with a narrow space before the unit.
enum Figures {
    static let space = "\u{202F}"

    /// `0.4`, `12`, `1,250` requests a second.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "–" }
        if value == 0 { return "0" }
        if value < 0.05 { return "<0.1" }
        return value < 9.95 ? fixed(value, 1) : grouped(Int(clamping: value))
    }

    /// `0.25 %` of a share from 0 to 1.
    static func share(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let percent = value * 100
        if percent > 0, percent < 0.005 { return "<0.01" + space + "%" }
        return fixed(percent, percent < 10 ? 2 : 1) + space + "%"
    }

    /// `25 %` of a number that is in percent already.
    static func percent(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        return (value == value.rounded() ? grouped(Int(clamping: value)) : fixed(value, 1)) + space + "%"
    }

    /// `4.2 ms`, `380 ms`, `1.25 s`
    static func milliseconds(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "–" }
        if value < 9.95 { return fixed(value, 1) + space + "ms" }
        if value < 999.5 { return grouped(Int(clamping: value.rounded())) + space + "ms" }
        return fixed(value / 1000, 2) + space + "s"
    }

    /// `0.4 s`, `21.4 s`, `1 m 06 s`, `2 h 05 m`, `3 d 04 h`
    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "–" }
        if seconds < 59.95 { return fixed(seconds, 1) + space + "s" }
        let whole = Int(clamping: seconds.rounded())
        if whole < 3600 { return "\(whole / 60)\(space)m \(padded(whole % 60))\(space)s" }
        if whole < 86_400 { return "\(whole / 3600)\(space)h \(padded(whole / 60 % 60))\(space)m" }
        return "\(whole / 86_400)\(space)d \(padded(whole / 3600 % 24))\(space)h"
    }

    /// `12,345`
    static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var out = value < 0 ? "−" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { out.append(",") }
            out.append(digit)
        }
        return out
    }

    /// With this many digits after the point, one to three.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = [1, 10, 100, 1000][min(max(decimals, 0), 3)]
        guard value.magnitude < 1e12 else { return "–" }
        let scaled = Int((value * Double(scale)).rounded())
        let fraction = String(scaled.magnitude % UInt(scale))
        let zeros = String(repeating: "0", count: max(0, decimals - fraction.count))
        return (scaled < 0 ? "−" : "") + grouped(Int(scaled.magnitude / UInt(scale))) + "." + zeros + fraction
    }

    private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension Int {
    /// The nearest integer in range.
    fileprivate init(clamping value: Double) {
        self = value >= 9e15 ? 9_000_000_000_000_000 : value <= -9e15 ? -9_000_000_000_000_000 : Int(value)
    }
}
