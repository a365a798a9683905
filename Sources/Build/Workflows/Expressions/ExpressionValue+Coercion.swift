import Syntax

extension ExpressionValue {
    /// False, zero, NaN, the empty string and null are falsy; all else is true.
    package var isTruthy: Bool {
        switch self {
        case .null: false
        case .bool(let flag): flag
        case .number(let number): number != 0 && !number.isNaN
        case .string(let text): !text.isEmpty
        case .array, .object: true
        }
    }

    /// The text that an expression leaves in a string.
    package var text: String {
        switch self {
        case .null: ""
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): NumberText.format(number)
        case .string(let text): text
        case .array: "Array"
        case .object: "Object"
        }
    }

    /// The number this value counts as in comparisons; NaN where there is none.
    package var number: Double {
        switch self {
        case .null: 0
        case .bool(let flag): flag ? 1 : 0
        case .number(let number): number
        case .string(let text): NumberText.parse(text)
        case .array, .object: .nan
        }
    }

    /// `==` of the language: values of different kinds are compared as numbers.
    package func isEqual(to other: ExpressionValue) -> Bool {
        switch (self, other) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.string(let left), .string(let right)): CaseFolding.fold(left) == CaseFolding.fold(right)
        case (.array(let left), .array(let right)): left === right
        case (.object(let left), .object(let right)): left === right
        case (.array, _), (_, .array), (.object, _), (_, .object): false
        default: number == other.number
        }
    }

    /// `>` of the language.
    package func isGreater(than other: ExpressionValue) -> Bool {
        switch (self, other) {
        case (.bool(let left), .bool(let right)): left && !right
        case (.string(let left), .string(let right)):
            CaseFolding.fold(right).lexicographicallyPrecedes(CaseFolding.fold(left))
        case (.null, .null), (.array, _), (_, .array), (.object, _), (_, .object): false
        default: number > other.number
        }
    }
}

/// Numbers as the language reads and writes them.
enum NumberText {
    /// A decimal number with an optional exponent, `0x` hexadecimal, `0o` octal, or an infinity; spaces around it don't count.
    /// Nothing but spaces is zero, anything else NaN.
    static func parse(_ text: String) -> Double {
        var bytes = Array(text.utf8)[...]
        while bytes.first?.isASCIISpace == true { bytes.removeFirst() }
        while bytes.last?.isASCIISpace == true { bytes.removeLast() }
        if bytes.isEmpty { return 0 }
        let trimmed = String(decoding: bytes, as: UTF8.self)
        switch trimmed {
        case "Infinity", "+Infinity": return .infinity
        case "-Infinity": return -.infinity
        default: break
        }
        if trimmed.hasPrefix("0x") {
            return unsigned(trimmed.dropFirst(2), radix: 16).map { Double(Int32(bitPattern: $0)) } ?? .nan
        }
        if trimmed.hasPrefix("0o") {
            return unsigned(trimmed.dropFirst(2), radix: 8).map { Double(Int32(bitPattern: $0)) } ?? .nan
        }
        return isDecimal(bytes) ? Double(complete(trimmed)) ?? .nan : .nan
    }

    private static func unsigned(_ digits: Substring, radix: Int) -> UInt32? {
        guard let first = digits.utf8.first, first.isASCIIHexDigit else { return nil }
        return UInt32(digits, radix: radix)
    }

    /// `[+-] digits [. digits] [e [+-] digits]`, with a digit on one side of the point at least.
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func skipDigits() -> Int {
            let count = rest.prefix { $0.isASCIIDigit }.count
            rest = rest.dropFirst(count)
            return count
        }
        func skipSign() {
            if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        }
        skipSign()
        var digits = skipDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += skipDigits()
        }
        guard digits > 0 else { return false }
        if let letter = rest.first, letter | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            skipSign()
            guard skipDigits() > 0 else { return false }
        }
        return rest.isEmpty
    }

    /// Swift wants digits on both sides of the point.
    private static func complete(_ text: String) -> String {
        var out = ""
        var previous: Character = "+"
        for character in text {
            if character == ".", !previous.isNumber { out.append("0") }
            if previous == ".", !character.isNumber { out.append("0") }
            out.append(character)
            previous = character
        }
        if previous == "." { out.append("0") }
        return out
    }

    /// At most fifteen significant digits; very large and very small numbers with an exponent (`1E+20`).
    static func format(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        if number == 0 { return "0" }
        if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
        let (digits, exponent) = significant(abs(number))
        let sign = number < 0 ? "-" : ""
        if exponent >= 15 || exponent < -5 {
            let fraction = digits.dropFirst().isEmpty ? "" : "." + digits.dropFirst()
            let power = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
            return "\(sign)\(digits.prefix(1))\(fraction)E\(exponent < 0 ? "-" : "+")\(power)"
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        if digits.count <= exponent + 1 {
            return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count)
        }
        return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
    }

    /// The significant digits, without zeros at either end, and the power of ten of the first one.
    private static func significant(_ number: Double) -> (digits: String, exponent: Int) {
        let parts = "\(number)".split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var exponent = mantissa[0].count - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        var digits = Array((mantissa[0] + (mantissa.count > 1 ? mantissa[1] : "")).utf8).map { Int($0) - 48 }
        while digits.count > 1, digits[0] == 0 {
            digits.removeFirst()
            exponent -= 1
        }
        if digits.count > 15 {
            let roundsUp = digits[15] >= 5
            digits.removeLast(digits.count - 15)
            if roundsUp {
                var index = 14
                while index >= 0, digits[index] == 9 {
                    digits[index] = 0
                    index -= 1
                }
                if index >= 0 {
                    digits[index] += 1
                } else {
                    digits.insert(1, at: 0)
                    exponent += 1
                }
            }
        }
        while digits.count > 1, digits.last == 0 { digits.removeLast() }
        return (digits.map(String.init).joined(), exponent)
    }
}
