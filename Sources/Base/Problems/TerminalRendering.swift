/// Renders a problem for a person at a terminal: what, where (with a caret), why, what next.
package struct TerminalRendering: Sendable {
    package var colours: Bool

    package init(colours: Bool = false) {
        self.colours = colours
    }

    /// Several lines, without a trailing newline.
    package func render(_ error: any Error) -> String {
        guard let problem = error as? any Problem else {
            return paint("error", "1;31") + ": " + String(describing: error)
        }
        var lines = [paint("error", "1;31") + ": " + paint(problem.summary, "1")]
        if let location = problem.location { lines += excerpt(location) }
        var cause = problem.cause
        while let current = cause {
            if let inner = current as? any Problem {
                lines.append("  because: " + inner.summary)
                if let location = inner.location { lines += excerpt(location) }
                cause = inner.cause
            } else {
                lines.append("  because: " + String(describing: current))
                cause = nil
            }
        }
        if let remedy = problem.remedy { lines.append("  " + paint("next", "1;32") + ": " + remedy) }
        lines.append("  " + paint(problem.code, "2"))
        return lines.joined(separator: "\n")
    }

    private func excerpt(_ location: ProblemLocation) -> [String] {
        let number = String(location.line)
        let gutter = String(repeating: " ", count: number.count)
        let indent = location.excerpt.prefix(max(0, location.column - 1)).map { $0 == "\t" ? "\t" : " " }.joined()
        return [
            "  --> \(location.file):\(location.line):\(location.column)",
            "  \(number) | \(location.excerpt)",
            "  \(gutter) | \(indent)" + paint(String(repeating: "^", count: location.width), "1;31"),
        ]
    }

    private func paint(_ text: String, _ code: String) -> String {
        colours ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
