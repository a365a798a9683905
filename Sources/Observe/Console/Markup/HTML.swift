/// A piece of HTML that is safe to send. Literals are markup; every text that is interpolated is escaped, so that there is
/// no way to put somebody's words into a page as markup.
///
///     let cell: HTML = "<td title=\"\(why)\">\(subject)</td>"
///
/// Interpolate only where an element's content or a quoted attribute value stands: never inside a tag's name, a script, a
/// style, or (but for `Link`) an address.
package struct HTML: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// The markup.
    package private(set) var text: String

    package static let none: HTML = ""

    package init(stringLiteral value: String) { text = value }

    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Escapes a text. The label keeps a literal from being taken for markup.
    package init(text words: String) { text = Escaping.escape(words) }

    package static func + (left: HTML, right: HTML) -> HTML {
        var sum = left
        sum.text += right.text
        return sum
    }

    package static func += (left: inout HTML, right: HTML) { left.text += right.text }

    package var isEmpty: Bool { text.isEmpty }

    package struct StringInterpolation: StringInterpolationProtocol {
        var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 24)
        }

        package mutating func appendLiteral(_ literal: String) { text += literal }
        package mutating func appendInterpolation(_ words: String) { Escaping.escape(words, into: &text) }
        package mutating func appendInterpolation(_ number: Int) { text += String(number) }
        package mutating func appendInterpolation(_ html: HTML) { text += html.text }
        package mutating func appendInterpolation(_ html: HTML?) { if let html { text += html.text } }
        package mutating func appendInterpolation(_ parts: [HTML]) { for part in parts { text += part.text } }
    }
}

extension [HTML] {
    /// The parts with something between each two.
    func joined(by separator: HTML) -> HTML {
        var out = HTML.none
        for (index, part) in enumerated() {
            if index > 0 { out += separator }
            out += part
        }
        return out
    }
}
