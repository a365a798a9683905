/// Slack's mrkdwn as HTML: `*bold*`, `_italic_`, `` `code` ``, ```` ```block``` ````, `> quote`, a few `:emoji:`.
/// Everything else is text. (<https://api.slack.com/reference/surfaces/formatting>)
enum MessageText {
    static func html(_ text: String) -> HTML {
        var out: HTML = .none
        for (index, part) in text.split(separator: "```", omittingEmptySubsequences: false).enumerated() {
            // The fences come in pairs; what stands behind an odd position is inside.
            out += index.isMultiple(of: 2) ? lines(part) : "<pre><code>\(trimmed(part))</code></pre>"
        }
        return out
    }

    private static func trimmed(_ part: Substring) -> String {
        var part = part
        if part.first == "\n" { part.removeFirst() }
        if part.last == "\n" { part.removeLast() }
        return String(part)
    }

    private static func lines(_ text: Substring) -> HTML {
        var out: [HTML] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty { continue }
            if line.hasPrefix(">") {
                out.append("<blockquote>\(inline(line.dropFirst().drop { $0 == " " }))</blockquote>")
            } else {
                out.append("<p>\(inline(line))</p>")
            }
        }
        return "\(out)"
    }

    private static func inline(_ text: Substring) -> HTML {
        var out: HTML = .none
        var plain = ""
        var rest = text
        var isWordStart = true
        while let first = rest.first {
            if first == "`" || isWordStart, let (inside, after) = span(rest, first) {
                out += HTML(text: plain)
                plain = ""
                switch first {
                case "`": out += "<code>\(String(inside))</code>"
                case "*": out += "<strong>\(inline(inside))</strong>"
                case "_": out += "<em>\(inline(inside))</em>"
                default:
                    out +=
                        emoji[String(inside)].map {
                            "<span class=\"sign \($0.tone.rawValue)\" role=\"img\" aria-label=\"\($0.words)\">\($0.sign)</span>"
                        } ?? .none
                }
                rest = after
                isWordStart = false
                continue
            }
            plain.append(first)
            isWordStart = !first.isLetter && !first.isNumber
            rest = rest.dropFirst()
        }
        return out + HTML(text: plain)
    }

    /// The text between a mark at the beginning and its next occurrence.
    private static func span(_ text: Substring, _ mark: Character) -> (inside: Substring, after: Substring)? {
        guard mark == "`" || mark == "*" || mark == "_" || mark == ":" else { return nil }
        let body = text.dropFirst()
        guard let end = body.firstIndex(of: mark), end > body.startIndex else { return nil }
        let inside = body[..<end]
        if mark != "`", inside.first?.isWhitespace == true || inside.last?.isWhitespace == true { return nil }
        if mark == ":", emoji[String(inside)] == nil { return nil }
        return (inside, body[body.index(after: end)...])
    }

    /// Signs that any font has: emoji differ too much between systems, and are louder than a page wants to be.
    private static let emoji: [String: (sign: String, tone: Tone, words: String)] = [
        "rotating_light": ("▲", .bad, "alarm"), "warning": ("▲", .warn, "warning"), "x": ("✘", .bad, "failed"),
        "white_check_mark": ("✔", .good, "good"), "tada": ("★", .good, "done"), "+1": ("✔", .good, "yes"),
        "rocket": ("➤", .busy, "started"), "hourglass": ("◷", .warn, "waiting"), "eyes": ("◉", .busy, "looking"),
        "leftwards_arrow_with_hook": ("↩", .warn, "back"), "information_source": ("●", .busy, "note"),
        "bird": ("◆", .canary, "canary"), "ship": ("◆", .busy, "release"),
    ]
}
