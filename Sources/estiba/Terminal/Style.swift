import Foundation

/// How text looks on a terminal; plain where the output is not one or `NO_COLOR` is set.
struct Style: Sendable {
    let isTerminal: Bool
    let width: Int

    static func detect(_ descriptor: Int32 = 1) -> Style {
        let isTerminal = isatty(descriptor) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
        return Style(isTerminal: isTerminal, width: known ? Int(size.ws_col) : 100)
    }

    func bold(_ text: String) -> String { paint(text, "1") }
    func dim(_ text: String) -> String { paint(text, "2") }
    func good(_ text: String) -> String { paint(text, "32") }
    func bad(_ text: String) -> String { paint(text, "31") }
    func warn(_ text: String) -> String { paint(text, "33") }
    func accent(_ text: String) -> String { paint(text, "36") }

    private func paint(_ text: String, _ code: String) -> String {
        isTerminal ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// Durations as people read them: `4 ms`, `1.2 s`, `1 m 06 s`.
func readable(seconds: Double) -> String {
    if seconds < 1 { return "\(Int((seconds * 1000).rounded())) ms" }
    if seconds < 60 {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }
    let whole = Int(seconds.rounded())
    if whole < 3600 { return "\(whole / 60) m \(whole % 60 < 10 ? "0" : "")\(whole % 60) s" }
    if whole < 86400 { return "\(whole / 3600) h \(whole % 3600 / 60) m" }
    return "\(whole / 86400) d \(whole % 86400 / 3600) h"
}

/// Sizes as people read them: `14.2 MB`.
func readable(bytes: Int) -> String {
    var value = Double(bytes)
    for unit in ["B", "kB", "MB", "GB"] {
        if value < 1000 || unit == "GB" {
            let tenths = Int((value * 10).rounded())
            return unit == "B" ? "\(bytes) B" : "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        value /= 1000
    }
    return "\(bytes) B"
}
