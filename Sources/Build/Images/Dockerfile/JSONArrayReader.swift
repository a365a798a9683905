import Syntax

/// Reads `["a", "b"]`, saying exactly where it isn't JSON.
struct JSONArrayReader {
    let line: DockerfileLine
    var position: Int

    private var current: UInt8? { position < line.bytes.count ? line.bytes[position] : nil }

    mutating func read() throws -> [String] {
        position += 1
        var items: [String] = []
        skipSpace()
        if current == UInt8(ascii: "]") {
            position += 1
        } else {
            while true {
                skipSpace()
                items.append(try string())
                skipSpace()
                if current == UInt8(ascii: ",") {
                    position += 1
                    continue
                }
                guard current == UInt8(ascii: "]") else {
                    throw problem(
                        "a comma or the closing bracket is missing here",
                        "Separate the strings by commas and end the list with \"]\".")
                }
                position += 1
                break
            }
        }
        skipSpace()
        guard current == nil else {
            throw problem(
                "there is something after the closing bracket",
                "Put everything into the list, or leave the brackets out.")
        }
        return items
    }

    private mutating func string() throws -> String {
        guard current == UInt8(ascii: "\"") else {
            if current == UInt8(ascii: "'") {
                throw problem("strings in a list stand in double quotes", "Write \"…\" instead of '…'.")
            }
            throw problem("a string in double quotes is missing here", "Write each argument in double quotes.")
        }
        position += 1
        var scalars = String.UnicodeScalarView()
        var run: [UInt8] = []
        func flush() {
            scalars.append(contentsOf: String(decoding: run, as: UTF8.self).unicodeScalars)
            run = []
        }
        while let byte = current {
            position += 1
            if byte == UInt8(ascii: "\"") {
                flush()
                return String(scalars)
            }
            guard byte == UInt8(ascii: "\\") else {
                run.append(byte)
                continue
            }
            guard let escape = current else { break }
            position += 1
            switch escape {
            case UInt8(ascii: "n"): run.append(0x0A)
            case UInt8(ascii: "t"): run.append(0x09)
            case UInt8(ascii: "r"): run.append(0x0D)
            case UInt8(ascii: "b"): run.append(0x08)
            case UInt8(ascii: "f"): run.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): run.append(escape)
            case UInt8(ascii: "u"):
                flush()
                scalars.append(try unicode())
            default:
                position -= 2
                throw problem(
                    "JSON has no escape \"\\\(Character(UnicodeScalar(escape)))\"", "Write two backslashes for one.",
                    width: 2)
            }
        }
        throw problem("the string has no closing quote", "End it with a double quote.")
    }

    private mutating func unicode() throws -> UnicodeScalar {
        var value = try fourDigits()
        if (0xD800...0xDBFF).contains(value), line.bytes[position...].starts(with: Array("\\u".utf8)) {
            position += 2
            let low = try fourDigits()
            if (0xDC00...0xDFFF).contains(low) { value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) }
        }
        guard let scalar = UnicodeScalar(value) else {
            throw problem("this is not a character", "Write the character itself.")
        }
        return scalar
    }

    private mutating func fourDigits() throws -> UInt32 {
        let digits = line.bytes[position...].prefix(4)
        guard digits.count == 4, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw problem("\\u needs four hexadecimal digits", "Write for example \\u00e9.")
        }
        position += 4
        return value
    }

    private mutating func skipSpace() {
        while let byte = current, byte.isASCIISpace { position += 1 }
    }

    private func problem(_ summary: String, _ remedy: String, width: Int = 1) -> Diagnostic {
        line.problem("json", summary, position..<min(position + width, line.bytes.count), remedy)
    }
}
