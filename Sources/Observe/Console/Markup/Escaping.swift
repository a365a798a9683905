/// Makes text harmless in HTML.
enum Escaping {
    static func escape(_ text: String) -> String {
        var out = ""
        escape(text, into: &out)
        return out
    }

    /// Appends the text with the characters replaced that HTML gives a meaning in content or quoted attribute values
    /// (<https://html.spec.whatwg.org/multipage/syntax.html#attributes-2>), and with those replaced by U+FFFD that are
    /// no text (control characters) or that change the order of what stands around them (bidirectional controls).
    static func escape(_ text: String, into out: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "`": out += "&#96;"
            case "\t", "\n": out.unicodeScalars.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}",
                "\u{2028}", "\u{2029}", "\u{2066}"..."\u{2069}", "\u{FEFF}":
                out.unicodeScalars.append("\u{FFFD}")
            default: out.unicodeScalars.append(scalar)
            }
        }
    }

    /// Without the escape sequences by which programs colour a terminal (ECMA-48 §5.4), and with carriage returns taken
    /// as a terminal takes them: what comes after replaces what was.
    static func withoutTerminalCodes(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x1B || $0 == 0x0D }) else { return text }
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == 0x0D {
                if !rest.isEmpty { out.removeAll() }
                continue
            }
            guard byte == 0x1B else {
                out.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "["): while let next = rest.popFirst(), !(0x40...0x7E).contains(next) {}
            case UInt8(ascii: "]"):
                while let next = rest.popFirst(), next != 0x07 {
                    if next == 0x1B {
                        rest = rest.dropFirst()
                        break
                    }
                }
            default: break
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
