/// Percent escapes in addresses and forms (<https://url.spec.whatwg.org/#percent-encoded-bytes>).
enum PercentText {
    /// A segment of a path with everything but unreserved characters (RFC 3986 §2.3) escaped.
    static func encode(segment text: String) -> String {
        // A browser would take a segment of dots only for a step in the tree.
        if text == "." || text == ".." { return text == "." ? "%2E" : "%2E%2E" }
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                out.append(Character(UnicodeScalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += digits.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return out
    }

    static func decode(_ text: String) -> String { decode(text.utf8, plusIsSpace: false) }

    /// What isn't a proper escape stays as it is.
    static func decode(_ text: some Collection<UInt8>, plusIsSpace: Bool) -> String {
        let bytes = Array(text)
        var out: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if plusIsSpace, bytes[index] == UInt8(ascii: "+") {
                out.append(UInt8(ascii: " "))
            } else if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
                let low = digit(bytes[index + 2])
            {
                out.append(high << 4 | low)
                index += 2
            } else {
                out.append(bytes[index])
            }
            index += 1
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
