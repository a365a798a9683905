/// An amount as Kubernetes writes it: `250m`, `64Mi`, `1.5`, `2k`. Kept as written; compared and added by value.
///
/// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
package struct Quantity: Codable, Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// As written.
    package let text: String
    /// Thousandths of the unit (millicores, milli-bytes), rounded up, as Kubernetes rounds.
    package let milli: Int

    /// Nil where the text is not a quantity.
    package init?(_ text: String) {
        guard let milli = Quantity.parse(text) else { return nil }
        self.text = text
        self.milli = milli
    }

    package init(milli: Int) {
        self.milli = milli
        self.text = milli % 1000 == 0 ? String(milli / 1000) : "\(milli)m"
    }

    /// For literals in code; text that is not a quantity reads as zero.
    package init(stringLiteral text: String) {
        self.text = text
        self.milli = Quantity.parse(text) ?? 0
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text: String
        if let written = try? container.decode(String.self) {
            text = written
        } else {
            text = "\(try container.decode(Double.self))"
        }
        guard let quantity = Quantity(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is not a quantity")
        }
        self = quantity
    }

    package func encode(to encoder: any Encoder) throws { try text.encode(to: encoder) }

    package static func == (left: Quantity, right: Quantity) -> Bool { left.milli == right.milli }
    package func hash(into hasher: inout Hasher) { hasher.combine(milli) }

    package var description: String { text }
    /// Whole units, rounded up.
    package var value: Int { (milli + 999) / 1000 }

    private static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "-" || $0 == "+") }
        guard !digits.isEmpty, let number = Double(digits) else { return nil }
        let suffix = text.dropFirst(digits.count)
        let scale: Double
        switch suffix {
        case "": scale = 1
        case "n": scale = 1e-9
        case "u": scale = 1e-6
        case "m": scale = 1e-3
        case "k": scale = 1e3
        case "M": scale = 1e6
        case "G": scale = 1e9
        case "T": scale = 1e12
        case "P": scale = 1e15
        case "E": scale = 1e18
        case "Ki": scale = 1024
        case "Mi": scale = 1_048_576
        case "Gi": scale = 1_073_741_824
        case "Ti": scale = 1_099_511_627_776
        case "Pi": scale = 1_125_899_906_842_624
        default:
            guard let first = suffix.first, first == "e" || first == "E", let exponent = Int(suffix.dropFirst()),
                abs(exponent) < 19
            else { return nil }
            scale = (0..<abs(exponent)).reduce(1.0) { value, _ in exponent < 0 ? value / 10 : value * 10 }
        }
        // Binary fractions come out a hair beside the decimal ones: 700m must not become 701.
        let exact = number * scale * 1000
        let nearest = exact.rounded()
        let milli = abs(exact - nearest) <= abs(nearest) * 1e-12 ? nearest : exact.rounded(.up)
        return abs(milli) < 9.2e18 ? Int(milli) : (milli < 0 ? Int.min : Int.max)
    }
}
