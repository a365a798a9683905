/// A share between 0 and 100, as people write it: `5%`, `0.5%`.
package struct Percent: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// 0 to 100.
    package let value: Double

    /// Nil outside 0 to 100.
    package init?(_ value: Double) {
        guard value >= 0, value <= 100 else { return nil }
        self.value = value
    }

    /// Reads `5%`; nil where the text is something else.
    package init?(text: String) {
        guard text.hasSuffix("%"), let value = Double(text.dropLast()) else { return nil }
        self.init(value)
    }

    /// 0 to 1.
    package var share: Double { value / 100 }
    package var description: String { trimmed(value, decimals: 2) + "%" }
    package static func < (left: Percent, right: Percent) -> Bool { left.value < right.value }

    /// Whole weights of a route for the rest and for this share: 95 and 5, or 9950 and 50 for half a percent.
    package var weights: (rest: Int, share: Int) {
        let scale = value == value.rounded() ? 1.0 : 100.0
        let share = Int((value * scale).rounded())
        return (Int(100 * scale) - share, share)
    }
}

/// A number with at most so many decimals, without zeros at its end.
func trimmed(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    var digits = Substring(text)
    while digits.hasSuffix("0") { digits = digits.dropLast() }
    return String(digits.hasSuffix(".") ? digits.dropLast() : digits)
}

/// A number with exactly so many decimals.
func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : (value < 0 ? "-Inf" : "+Inf") }
    guard abs(value) < 1e12 else { return "\(value)" }
    let scale = (0..<decimals).reduce(1) { product, _ in product * 10 }
    let whole = Int((abs(value) * Double(scale)).rounded())
    let sign = value < 0 && whole != 0 ? "-" : ""
    if decimals == 0 { return sign + String(whole) }
    let fraction = String(whole % scale)
    return sign + String(whole / scale) + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
}
