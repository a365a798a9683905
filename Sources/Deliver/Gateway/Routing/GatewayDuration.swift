/// Durations as the Gateway API writes them (GEP-2257): `10s`, `1h30m`, `500ms`.
enum GatewayDuration {
    /// Nanoseconds; nil where the text isn't one. Zero means no limit.
    static func nanoseconds(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = Substring(text)
        var parts = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard (1...5).contains(digits.count), let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            let scale: Int64
            switch unit {
            case "h": scale = 3_600_000_000_000
            case "m": scale = 60_000_000_000
            case "s": scale = 1_000_000_000
            case "ms": scale = 1_000_000
            default: return nil
            }
            rest = rest.dropFirst(unit.count)
            total += number * scale
            parts += 1
        }
        return (1...4).contains(parts) ? total : nil
    }
}
