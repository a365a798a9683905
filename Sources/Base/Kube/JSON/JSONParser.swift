package import Problems

/// Why a text is not JSON: the byte at which it stops being so.
package struct JSONProblem: Problem {
    package let reason: String
    package let offset: Int
    package var code: String { "json.syntax" }
    package var summary: String { "not valid JSON at byte \(offset): \(reason)" }
    package var category: ProblemCategory { .invalid }
}

extension JSON {
    /// Parses one JSON text (RFC 8259). Duplicate keys: the last one counts.
    package static func parse(_ bytes: [UInt8]) throws(JSONProblem) -> JSON {
        var result: Result<JSON, JSONProblem> = .failure(JSONProblem(reason: "empty", offset: 0))
        bytes.withUnsafeBufferPointer { buffer in
            var parser = JSONParser(buffer)
            do throws(JSONProblem) { result = .success(try parser.document()) } catch { result = .failure(error) }
        }
        return try result.get()
    }

    package static func parse(_ text: String) throws(JSONProblem) -> JSON {
        try parse(Array(text.utf8))
    }
}

struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0
    private var depth = 0

    /// Deeper nesting is refused, so that no input can exhaust the stack.
    static let maximumDepth = 512

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONProblem) -> JSON {
        let value = try value()
        skipSpace()
        if index < bytes.count { throw problem("something follows the value") }
        return value
    }

    private func problem(_ reason: String) -> JSONProblem { JSONProblem(reason: reason, offset: index) }

    private mutating func skipSpace() {
        while index < bytes.count,
            bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09
        {
            index += 1
        }
    }

    private mutating func value() throws(JSONProblem) -> JSON {
        skipSpace()
        guard index < bytes.count else { throw problem("the text ends where a value should be") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(JSONProblem) -> JSON {
        let length = word.utf8CodeUnitCount
        guard index + length <= bytes.count else { throw problem("unknown word") }
        for offset in 0..<length where bytes[index + offset] != word.utf8Start[offset] { throw problem("unknown word") }
        index += length
        return value
    }

    private mutating func object() throws(JSONProblem) -> JSON {
        try enter()
        var members = JSONObject()
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "}") {
            leave()
            return .object(members)
        }
        while true {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw problem("a key in double quotes is expected")
            }
            let key = try string()
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else {
                throw problem("\":\" is expected after a key")
            }
            index += 1
            members[key] = try value()
            skipSpace()
            guard index < bytes.count else { throw problem("the text ends inside an object") }
            if bytes[index] == UInt8(ascii: ",") { index += 1; continue }
            if bytes[index] == UInt8(ascii: "}") { break }
            throw problem("\",\" or \"}\" is expected")
        }
        leave()
        return .object(members)
    }

    private mutating func array() throws(JSONProblem) -> JSON {
        try enter()
        var items: [JSON] = []
        skipSpace()
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") {
            leave()
            return .array(items)
        }
        while true {
            items.append(try value())
            skipSpace()
            guard index < bytes.count else { throw problem("the text ends inside an array") }
            if bytes[index] == UInt8(ascii: ",") { index += 1; continue }
            if bytes[index] == UInt8(ascii: "]") { break }
            throw problem("\",\" or \"]\" is expected")
        }
        leave()
        return .array(items)
    }

    private mutating func enter() throws(JSONProblem) {
        index += 1
        depth += 1
        if depth > Self.maximumDepth { throw problem("nested deeper than \(Self.maximumDepth) levels") }
    }

    private mutating func leave() {
        index += 1
        depth -= 1
    }

    private mutating func string() throws(JSONProblem) -> String {
        index += 1
        let start = index
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"),
            bytes[index] >= 0x20
        {
            index += 1
        }
        guard index < bytes.count else { throw problem("the text ends inside a string") }
        let plain = UnsafeBufferPointer(rebasing: bytes[start..<index])
        if bytes[index] == UInt8(ascii: "\"") {
            index += 1
            return String(decoding: plain, as: UTF8.self)
        }
        return try escapedString(after: plain)
    }

    private mutating func escapedString(after prefix: UnsafeBufferPointer<UInt8>) throws(JSONProblem) -> String {
        var out = Array(prefix)
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &out)
            case 0..<0x20: throw problem("a control character stands in a string")
            default: out.append(byte)
            }
        }
        throw problem("the text ends inside a string")
    }

    private mutating func escape(into out: inout [UInt8]) throws(JSONProblem) {
        guard index < bytes.count else { throw problem("the text ends inside a string") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
        case UInt8(ascii: "u"):
            var unit = UInt32(try hexadecimal())
            if unit & 0xFC00 == 0xD800, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                let back = index
                index += 2
                let low = UInt32(try hexadecimal())
                if low & 0xFC00 == 0xDC00 {
                    unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
                } else {
                    index = back
                }
            }
            out.append(contentsOf: Array(String(Character(Unicode.Scalar(unit) ?? "\u{FFFD}")).utf8))
        default: throw problem("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONProblem) -> UInt16 {
        guard index + 4 <= bytes.count else { throw problem("four hexadecimal digits are expected after \\u") }
        var value: UInt16 = 0
        for offset in 0..<4 {
            let byte = bytes[index + offset]
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw problem("four hexadecimal digits are expected after \\u")
            }
            value = value << 4 | UInt16(digit)
        }
        index += 4
        return value
    }

    private mutating func number() throws(JSONProblem) -> JSON {
        let start = index
        var isInteger = true
        if index < bytes.count, bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        while index < bytes.count {
            switch bytes[index] {
            case 0x30...0x39: break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                isInteger = false
            default:
                return try finishNumber(start, firstDigit, isInteger)
            }
            index += 1
        }
        return try finishNumber(start, firstDigit, isInteger)
    }

    private func finishNumber(_ start: Int, _ firstDigit: Int, _ isInteger: Bool) throws(JSONProblem) -> JSON {
        let digits = index - firstDigit
        guard digits > 0, bytes[firstDigit] >= 0x30, bytes[firstDigit] <= 0x39,
            digits == 1 || bytes[firstDigit] != 0x30 || bytes[firstDigit + 1] < 0x30 || bytes[firstDigit + 1] > 0x39
        else { throw JSONProblem(reason: "a value is expected", offset: start) }
        if isInteger, digits < 19 {
            var value: Int64 = 0
            for position in firstDigit..<index { value = value * 10 + Int64(bytes[position] - 0x30) }
            return .int(start == firstDigit ? value : -value)
        }
        let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<index]), as: UTF8.self)
        if isInteger, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), bytes[index - 1] != UInt8(ascii: ".") else {
            throw JSONProblem(reason: "not a number", offset: start)
        }
        return .double(value)
    }
}
