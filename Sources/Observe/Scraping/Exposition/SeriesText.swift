import PromQL

/// The name and labels of one line: `name{label="value"}` or `{"name", label="value"}`.
enum SeriesText {
    typealias Pairs = [(name: String, value: String)]

    static func parse(_ bytes: [UInt8]) throws(ScrapingProblem) -> Pairs {
        var reader = Reader(bytes: bytes)
        return try reader.read()
    }

    /// Resolves `\\`, `\n` and, where asked for, `\"`.
    static func unescape(_ bytes: [UInt8], quotes: Bool) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if bytes[index] == UInt8(ascii: "\\") {
                switch next {
                case UInt8(ascii: "n"): result.append(0x0A)
                case UInt8(ascii: "\\"): result.append(next)
                case UInt8(ascii: "\"") where quotes: result.append(next)
                default:
                    result.append(bytes[index])
                    index += 1
                    continue
                }
                index += 2
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private struct Reader {
        let bytes: [UInt8]
        var index = 0

        var current: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func skipBlanks() {
            while let byte = current, byte == 0x20 || byte == 0x09 { index += 1 }
        }

        func problem(_ what: String) -> ScrapingProblem {
            .syntax(line: 0, what + " in " + String(decoding: bytes.prefix(200), as: UTF8.self))
        }

        mutating func read() throws(ScrapingProblem) -> Pairs {
            var pairs: Pairs = []
            let name = bare(colons: true)
            if !name.isEmpty { pairs.append(("__name__", name)) }
            skipBlanks()
            guard current == UInt8(ascii: "{") else {
                if name.isEmpty || current != nil { throw problem("a wrong metric name") }
                return pairs
            }
            index += 1
            while true {
                skipBlanks()
                if current == UInt8(ascii: "}") { break }
                let quoted = current == UInt8(ascii: "\"")
                let label = quoted ? try string() : bare(colons: false)
                if label.isEmpty { throw problem("a label name is missing") }
                skipBlanks()
                if quoted, current == UInt8(ascii: ",") || current == UInt8(ascii: "}"), pairs.isEmpty {
                    pairs.append(("__name__", label))
                } else {
                    guard current == UInt8(ascii: "=") else { throw problem("\"=\" is missing after \(label)") }
                    index += 1
                    skipBlanks()
                    guard current == UInt8(ascii: "\"") else { throw problem("the value of \(label) is not in quotes") }
                    pairs.append((label, try string()))
                }
                skipBlanks()
                if current == UInt8(ascii: ",") {
                    index += 1
                } else if current != UInt8(ascii: "}") {
                    throw problem("a comma is missing after \(label)")
                }
            }
            guard pairs.contains(where: { $0.name == "__name__" }) else { throw problem("a metric name is missing") }
            if Set(pairs.map(\.name)).count != pairs.count { throw problem("a label occurs twice") }
            return pairs
        }

        private mutating func bare(colons: Bool) -> String {
            let start = index
            while let byte = current {
                let isLetter = (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
                let isDigit = byte >= 0x30 && byte <= 0x39 && index > start
                guard isLetter || isDigit || byte == UInt8(ascii: "_") || colons && byte == UInt8(ascii: ":") else {
                    break
                }
                index += 1
            }
            return String(decoding: bytes[start..<index], as: UTF8.self)
        }

        private mutating func string() throws(ScrapingProblem) -> String {
            index += 1
            let start = index
            while let byte = current, byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
            guard index < bytes.count else { throw problem("a quote is missing") }
            defer { index += 1 }
            return SeriesText.unescape(Array(bytes[start..<index]), quotes: true)
        }
    }
}
