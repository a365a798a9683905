/// String literals of the language.
package enum Quoting {
    /// In double quotes, with the escapes that the language reads back.
    package static func quote(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let hexadecimal = String(scalar.value, radix: 16)
                    quoted += "\\x" + (hexadecimal.count == 1 ? "0" : "") + hexadecimal
                } else {
                    quoted.unicodeScalars.append(scalar)
                }
            }
        }
        return quoted + "\""
    }

    /// The text that the inside of a single- or double-quoted literal stands for; nil where an escape is wrong.
    static func unquote(_ inside: some Collection<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = inside.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            guard let escape = rest.next() else { return nil }
            switch escape {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "a"): bytes.append(0x07)
            case UInt8(ascii: "b"): bytes.append(0x08)
            case UInt8(ascii: "f"): bytes.append(0x0C)
            case UInt8(ascii: "v"): bytes.append(0x0B)
            case UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "'"): bytes.append(escape)
            case UInt8(ascii: "x"):
                guard let value = number(2, radix: 16, from: &rest) else { return nil }
                bytes.append(UInt8(truncatingIfNeeded: value))
            case UInt8(ascii: "u"), UInt8(ascii: "U"):
                let digits = escape == UInt8(ascii: "u") ? 4 : 8
                guard let value = number(digits, radix: 16, from: &rest), let scalar = Unicode.Scalar(value) else {
                    return nil
                }
                bytes += Array(String(Character(scalar)).utf8)
            case UInt8(ascii: "0")...UInt8(ascii: "3"):
                guard let value = number(2, radix: 8, from: &rest) else { return nil }
                bytes.append(UInt8(escape - UInt8(ascii: "0")) << 6 | UInt8(truncatingIfNeeded: value))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func number(_ digits: Int, radix: Int, from rest: inout some IteratorProtocol<UInt8>) -> UInt32? {
        var text: [UInt8] = []
        for _ in 0..<digits {
            guard let byte = rest.next() else { return nil }
            text.append(byte)
        }
        return UInt32(String(decoding: text, as: UTF8.self), radix: radix)
    }
}
