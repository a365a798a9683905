/// Numbers as the language and the protocols around it write them.
package enum NumberText {
    /// Decimal and hexadecimal numbers, `Inf` and `NaN` in any case; nil for anything else.
    package static func parse(_ text: String) -> Double? {
        let unsigned = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let lower = unsigned.lowercased()
        let negative = text.hasPrefix("-")
        switch lower {
        case "inf", "infinity": return negative ? -Double.infinity : .infinity
        case "nan": return .nan
        default: break
        }
        if lower.hasPrefix("0x") {
            guard let value = UInt64(lower.dropFirst(2), radix: 16) else { return nil }
            return negative ? -Double(value) : Double(value)
        }
        guard let first = lower.utf8.first, first == UInt8(ascii: ".") || (first >= 0x30 && first <= 0x39) else {
            return nil
        }
        return Double(text)
    }

    /// As short as it reads back exactly; without an exponent between 1e-6 and 1e21, as in Prometheus' JSON.
    package static func format(_ value: Double) -> String {
        if let special = special(value) { return special }
        let magnitude = value.magnitude
        if magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21) {
            let (sign, digits, exponent) = decimal(value)
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let power = exponent - 1
            let padded = abs(power) < 10 ? "0\(abs(power))" : "\(abs(power))"
            return sign + digits.prefix(1) + fraction + "e" + (power < 0 ? "-" : "+") + padded
        }
        return plain(value)
    }

    /// As short as it reads back exactly, never with an exponent.
    package static func plain(_ value: Double) -> String {
        if let special = special(value) { return special }
        if value == value.rounded(), value.magnitude < 1e15 {
            return value == 0 && value.sign == .minus ? "-0" : String(Int64(value))
        }
        let (sign, digits, exponent) = decimal(value)
        if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
        if exponent >= digits.count { return sign + digits + String(repeating: "0", count: exponent - digits.count) }
        return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
    }

    /// As OpenMetrics writes a label that stands for a number: always with a fraction or an exponent.
    package static func openMetrics(_ value: Double) -> String {
        let text = format(value)
        return value.isFinite && !text.contains { $0 == "." || $0 == "e" } ? text + ".0" : text
    }

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return nil
    }

    /// `0.digits × 10^exponent`
    private static func decimal(_ value: Double) -> (sign: String, digits: String, exponent: Int) {
        var text = "\(value.magnitude)"
        var exponent = 0
        if let mark = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: mark)...]) ?? 0
            text = String(text[..<mark])
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let whole = parts[0]
        let fraction = parts.count > 1 && parts[1] != "0" ? parts[1] : ""
        exponent += whole.count
        var digits = Substring(whole + fraction)
        while digits.count > 1, digits.first == "0" {
            digits = digits.dropFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits = digits.dropLast() }
        return (value.sign == .minus ? "-" : "", String(digits), exponent)
    }
}

/// Durations such as `1h30m` or `250ms`.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000),
        ("ms", 1),
    ]

    /// Units from large to small, each at most once; nil for anything else or for more than 64 bits.
    package static func milliseconds(_ text: String) -> Int64? {
        if text == "0" { return 0 }
        var rest = text[...]
        var total: Int64 = 0
        var allowed = units[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            guard let count = Int64(digits), let index = allowed.firstIndex(where: { $0.name == name }) else {
                return nil
            }
            let (product, overflows) = count.multipliedReportingOverflow(by: allowed[index].milliseconds)
            let (sum, exceeds) = total.addingReportingOverflow(product)
            if overflows || exceeds { return nil }
            total = sum
            allowed = allowed[(index + 1)...]
        }
        return total
    }

    /// `1h30m`
    package static func format(_ milliseconds: Int64) -> String {
        if milliseconds == 0 { return "0s" }
        var rest = milliseconds.magnitude
        var text = milliseconds < 0 ? "-" : ""
        for unit in units {
            let size = UInt64(unit.milliseconds)
            // Years and weeks only where they leave nothing over, as they are hard to read otherwise.
            if (unit.name == "y" || unit.name == "w") && rest % size != 0 { continue }
            if rest >= size {
                text += "\(rest / size)\(unit.name)"
                rest %= size
            }
        }
        return text
    }
}
