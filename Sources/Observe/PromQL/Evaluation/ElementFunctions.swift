import Glibc

/// Functions from one value to another.
enum ElementFunctions {
    static func named(_ name: String) -> ((Double) -> Double)? {
        switch name {
        case "abs": { $0.magnitude }
        case "ceil": { $0.rounded(.up) }
        case "floor": { $0.rounded(.down) }
        case "exp": { exp($0) }
        case "ln": { log($0) }
        case "log2": { log2($0) }
        case "log10": { log10($0) }
        case "sqrt": { $0.squareRoot() }
        case "sgn": { $0 < 0 ? -1 : $0 > 0 ? 1 : $0 }
        case "sin": { sin($0) }
        case "cos": { cos($0) }
        case "tan": { tan($0) }
        case "asin": { asin($0) }
        case "acos": { acos($0) }
        case "atan": { atan($0) }
        case "sinh": { sinh($0) }
        case "cosh": { cosh($0) }
        case "tanh": { tanh($0) }
        case "asinh": { asinh($0) }
        case "acosh": { acosh($0) }
        case "atanh": { atanh($0) }
        case "deg": { $0 * 180 / .pi }
        case "rad": { $0 * .pi / 180 }
        case "year": { CivilTime($0)?.year ?? .nan }
        case "month": { CivilTime($0)?.month ?? .nan }
        case "day_of_month": { CivilTime($0)?.day ?? .nan }
        case "day_of_week": { CivilTime($0)?.weekday ?? .nan }
        case "day_of_year": { CivilTime($0)?.dayOfYear ?? .nan }
        case "days_in_month": { CivilTime($0)?.daysInMonth ?? .nan }
        case "hour": { CivilTime($0)?.hour ?? .nan }
        case "minute": { CivilTime($0)?.minute ?? .nan }
        default: nil
        }
    }

    static let calendar: Set<String> = [
        "year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute",
    ]

    /// To the nearest multiple, halves up.
    static func round(_ value: Double, to nearest: Double) -> Double {
        let inverse = 1 / nearest
        return (value * inverse + 0.5).rounded(.down) / inverse
    }

    /// The lesser (or greater); NaN if either is.
    static func extreme(_ left: Double, _ right: Double, greater: Bool) -> Double {
        if left.isNaN || right.isNaN { return .nan }
        return greater ? max(left, right) : min(left, right)
    }
}

/// A UTC date and time of day from seconds since 1970.
struct CivilTime {
    let year: Double
    let month: Double
    let day: Double
    let weekday: Double
    let dayOfYear: Double
    let daysInMonth: Double
    let hour: Double
    let minute: Double

    /// Nil where the seconds are not a number or too many for a calendar.
    init?(_ seconds: Double) {
        guard seconds.isFinite, seconds.magnitude < 1e15 else { return nil }
        let whole = Int64(seconds)
        let days = Int64((Double(whole) / 86_400).rounded(.down))
        let rest = whole - days * 86_400
        hour = Double(rest / 3600)
        minute = Double(rest % 3600 / 60)
        weekday = Double(((days + 4) % 7 + 7) % 7)
        // Years that begin in March put the leap day last, which makes months regular.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        let civilMonth = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let civilYear = yearOfEra + era * 400 + (civilMonth <= 2 ? 1 : 0)
        let isLeap = civilYear % 4 == 0 && (civilYear % 100 != 0 || civilYear % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let civilDay = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        year = Double(civilYear)
        month = Double(civilMonth)
        day = Double(civilDay)
        daysInMonth = Double(lengths[Int(civilMonth) - 1])
        dayOfYear = Double(lengths.prefix(Int(civilMonth) - 1).reduce(0, +) + civilDay)
    }
}
