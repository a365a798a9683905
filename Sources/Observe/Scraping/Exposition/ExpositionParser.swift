import PromQL

/// Reads metrics as text, line by line, without making a string where none is needed.
/// https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/specs/om/open_metrics_spec/
struct ExpositionParser {
    enum Dialect {
        /// Text format 0.0.4: timestamps are whole milliseconds.
        case text
        /// OpenMetrics: timestamps are seconds, the text ends with `# EOF`.
        case openMetrics

        /// The dialect that a `Content-Type` announces.
        init(contentType: String?) {
            self = contentType?.hasPrefix("application/openmetrics-text") == true ? .openMetrics : .text
        }
    }

    enum Line: Equatable {
        /// The bytes of the metric with its labels, as written; time in milliseconds.
        case sample(series: Range<Int>, value: Double, time: Int64?)
        case help(name: String, text: String)
        case type(name: String, type: String)
        case unit(name: String, unit: String)
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private let dialect: Dialect
    private var offset = 0
    private(set) var lineNumber = 0
    private var hasEnded = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, dialect: Dialect = .text) {
        self.bytes = bytes
        self.dialect = dialect
    }

    private static let newline = UInt8(ascii: "\n")

    /// The next line that says something, nil at the end.
    mutating func next() throws(ScrapingProblem) -> Line? {
        while offset < bytes.count, !hasEnded {
            lineNumber += 1
            let start = offset
            while offset < bytes.count, bytes[offset] != Self.newline { offset += 1 }
            var line = start..<offset
            offset += 1
            if let last = line.last, bytes[last] == UInt8(ascii: "\r") { line = line.dropLast() }
            skipBlanks(&line)
            if line.isEmpty { continue }
            if bytes[line.lowerBound] == UInt8(ascii: "#") {
                if let comment = comment(line) { return comment }
                continue
            }
            return try sample(line)
        }
        if dialect == .openMetrics && !hasEnded { throw problem("the text does not end with # EOF") }
        return nil
    }

    func problem(_ what: String) -> ScrapingProblem { .syntax(line: lineNumber, what) }

    private func skipBlanks(_ line: inout Range<Int>) {
        while let first = line.first, bytes[first] == 0x20 || bytes[first] == 0x09 { line = line.dropFirst() }
    }

    private func word(_ line: inout Range<Int>) -> Range<Int> {
        skipBlanks(&line)
        var end = line.lowerBound
        if end < line.upperBound, bytes[end] == UInt8(ascii: "\"") {
            end += 1
            while end < line.upperBound, bytes[end] != UInt8(ascii: "\"") {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            end = min(end + 1, line.upperBound)
        } else {
            while end < line.upperBound, bytes[end] != 0x20, bytes[end] != 0x09 { end += 1 }
        }
        defer { line = end..<line.upperBound }
        return line.lowerBound..<end
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private mutating func comment(_ line: Range<Int>) -> Line? {
        var rest = line.dropFirst()
        let keyword = text(word(&rest))
        switch keyword {
        case "EOF" where dialect == .openMetrics:
            hasEnded = true
            return nil
        case "HELP", "TYPE", "UNIT":
            var name = text(word(&rest))
            if name.hasPrefix("\""), name.count > 1 { name = String(name.dropFirst().dropLast()) }
            skipBlanks(&rest)
            let value = text(rest)
            if name.isEmpty { return nil }
            switch keyword {
            case "HELP":
                return .help(name: name, text: SeriesText.unescape(Array(value.utf8), quotes: dialect == .openMetrics))
            case "TYPE": return .type(name: name, type: value == "untyped" ? "unknown" : value)
            default: return .unit(name: name, unit: value)
            }
        default: return nil
        }
    }

    private func sample(_ line: Range<Int>) throws(ScrapingProblem) -> Line {
        let end = try seriesEnd(line)
        var rest = end..<line.upperBound
        let number = word(&rest)
        guard let value = NumberBytes.parse(UnsafeBufferPointer(rebasing: bytes[number])) else {
            throw problem(number.isEmpty ? "a value is missing" : "\"\(text(number))\" is not a number")
        }
        var time: Int64?
        let stamp = word(&rest)
        if !stamp.isEmpty, bytes[stamp.lowerBound] != UInt8(ascii: "#") {
            time = try timestamp(stamp)
            let tail = word(&rest)
            if !tail.isEmpty, bytes[tail.lowerBound] != UInt8(ascii: "#") {
                throw problem("\"\(text(tail))\" after the timestamp is unexpected")
            }
        }
        return .sample(series: line.lowerBound..<end, value: value, time: time)
    }

    private func timestamp(_ range: Range<Int>) throws(ScrapingProblem) -> Int64 {
        guard let number = NumberBytes.parse(UnsafeBufferPointer(rebasing: bytes[range])),
            number.magnitude < (dialect == .openMetrics ? 1e15 : 1e18)
        else {
            throw problem("\"\(text(range))\" is not a timestamp")
        }
        if dialect == .openMetrics { return Int64((number * 1000).rounded()) }
        guard number == number.rounded() else { throw problem("\"\(text(range))\" is not a timestamp in milliseconds") }
        return Int64(number)
    }

    /// Where the name and the labels end.
    private func seriesEnd(_ line: Range<Int>) throws(ScrapingProblem) -> Int {
        var index = line.lowerBound
        while index < line.upperBound, bytes[index] != 0x20, bytes[index] != 0x09, bytes[index] != UInt8(ascii: "{") {
            index += 1
        }
        let nameEnd = index
        while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard index < line.upperBound, bytes[index] == UInt8(ascii: "{") else {
            if nameEnd == line.lowerBound { throw problem("a metric name is missing") }
            return nameEnd
        }
        var quoted = false
        while index < line.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "\\") where quoted: index += 1
            case UInt8(ascii: "\""): quoted.toggle()
            case UInt8(ascii: "}") where !quoted: return index + 1
            default: break
            }
            index += 1
        }
        throw problem("the closing brace is missing")
    }
}
