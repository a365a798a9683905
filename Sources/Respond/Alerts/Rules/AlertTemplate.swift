/// A text with `{{ $labels.service }}` and `{{ $value | humanizePercentage }}` in it: the part of Prometheus' templates
/// that alerting rules use.
package struct AlertTemplate: Sendable, Equatable {
    /// Why a text is not a template.
    package struct Mistake: Error, Equatable {
        package var message: String
        package var remedy: String
    }

    enum Function: String, CaseIterable {
        case humanize, humanizePercentage, humanizeDuration
    }

    enum Piece: Equatable {
        case text(String)
        case label(String)
        case value(Function?)
    }

    let pieces: [Piece]

    package init(_ text: String) throws(Mistake) {
        var pieces: [Piece] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "{{") {
            pieces.append(.text(String(rest[..<start.lowerBound])))
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw Mistake(message: "\"{{\" is never closed", remedy: "Close it with \"}}\".")
            }
            pieces.append(try Self.action(rest[start.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces.filter { $0 != .text("") }
    }

    private static func action(_ text: Substring) throws(Mistake) -> Piece {
        let parts = text.split(separator: "|").map { $0.drop { $0.isWhitespace }.prefix { !$0.isWhitespace } }
        let head = parts.first ?? ""
        if head.hasPrefix("$labels."), parts.count == 1 { return .label(String(head.dropFirst(8))) }
        if head == "$value" {
            guard parts.count > 1 else { return .value(nil) }
            if let function = Function(rawValue: String(parts[1])), parts.count == 2 { return .value(function) }
        }
        throw Mistake(
            message: "\"{{\(text)}}\" is not supported",
            remedy:
                "Use {{ $labels.NAME }} or {{ $value }}, with humanize, humanizePercentage or humanizeDuration behind a \"|\"."
        )
    }

    package func render(labels: [String: String], value: Double) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .label(let name): labels[name] ?? ""
            case .value(let function): Self.render(value, function)
            }
        }.joined()
    }

    private static func render(_ value: Double, _ function: Function?) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf" }
        switch function {
        case nil: return short(value, digits: 4)
        case .humanizePercentage: return short(value * 100, digits: 4) + "%"
        case .humanizeDuration:
            if abs(value) < 1 { return short(value * 1000, digits: 4) + "ms" }
            let seconds = Int(value)
            let units = [(86400, "d"), (3600, "h"), (60, "m")]
            var parts: [String] = []
            var rest = seconds
            for (size, name) in units where rest >= size || !parts.isEmpty {
                parts.append("\(rest / size)\(name)")
                rest %= size
            }
            return (parts + [parts.isEmpty ? short(value, digits: 4) + "s" : "\(rest)s"]).joined(separator: " ")
        case .humanize:
            var scaled = value
            var prefix = ""
            for name in ["k", "M", "G", "T", "P"] where abs(scaled) >= 1000 {
                scaled /= 1000
                prefix = name
            }
            return short(scaled, digits: 4) + prefix
        }
    }

    /// The number with so many significant digits, without trailing zeros.
    private static func short(_ value: Double, digits: Int) -> String {
        if value == 0 { return "0" }
        var magnitude = 0
        var probe = abs(value)
        while probe >= 10 {
            probe /= 10
            magnitude += 1
        }
        while probe < 1 {
            probe *= 10
            magnitude -= 1
        }
        var scale = 1.0
        for _ in 0..<abs(digits - 1 - magnitude) { scale *= 10 }
        let rounded = digits - 1 >= magnitude ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? String(Int(rounded)) : "\(rounded)"
    }
}
