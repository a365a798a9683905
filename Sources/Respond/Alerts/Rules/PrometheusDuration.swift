/// Durations as Prometheus writes them: `1h30m`, `15s`, `500ms`, `0`.
package enum PrometheusDuration {
    package static func parse(_ text: String) -> Duration? {
        if text == "0" { return .zero }
        var milliseconds = 0
        var rest = Substring(text)
        var smallest = Int.max
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let count = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let scale = scales[String(unit)], scale < smallest else { return nil }
            smallest = scale
            let (product, overflow) = count.multipliedReportingOverflow(by: scale)
            guard !overflow, product < Int.max / 2 - milliseconds else { return nil }
            milliseconds += product
        }
        return text.isEmpty ? nil : .milliseconds(milliseconds)
    }

    private static let scales = [
        "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000,
    ]
}
