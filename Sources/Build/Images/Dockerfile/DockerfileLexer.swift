import Problems
import Syntax

/// Splits a Dockerfile into logical lines (Dockerfile reference § Format, § Parser directives, § Here-documents).
struct DockerfileLexer {
    let source: SourceText
    private(set) var escape = UInt8(ascii: "\\")
    private var position = 0

    init(_ source: SourceText) throws {
        self.source = source
        if source.utf8.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        try readDirectives()
    }

    /// The next physical line without its end, moving past it.
    private mutating func physical() -> Range<Int>? {
        guard position < source.utf8.count else { return nil }
        let start = position
        let end = source.utf8[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.utf8.count
        position = end + 1
        let hasReturn = end > start && source.utf8[end - 1] == UInt8(ascii: "\r")
        return start..<(hasReturn ? end - 1 : end)
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, source.utf8[start].isASCIISpace { start += 1 }
        while end > start, source.utf8[end - 1].isASCIISpace { end -= 1 }
        return start..<end
    }

    private func isComment(_ range: Range<Int>) -> Bool {
        let content = trimmed(range)
        return !content.isEmpty && source.utf8[content.lowerBound] == UInt8(ascii: "#")
    }

    private mutating func readDirectives() throws {
        while true {
            let before = position
            guard let line = physical(), isComment(line) else {
                position = before
                return
            }
            let text = source.string(trimmed(line)).dropFirst()
            let parts = text.split(separator: "=", maxSplits: 1).map { $0.filter { !$0.isWhitespace } }
            guard parts.count == 2, ["escape", "syntax", "check"].contains(parts[0].lowercased()) else {
                position = before
                return
            }
            if parts[0].lowercased() == "escape" {
                guard parts[1] == "\\" || parts[1] == "`", let byte = parts[1].utf8.first else {
                    throw Diagnostic(
                        "images.dockerfile.escape", "the escape character can't be \"\(parts[1])\"",
                        at: source.location(trimmed(line)), remedy: "Write \"# escape=\\\" or \"# escape=`\".")
                }
                escape = byte
            }
        }
    }

    /// The next logical line, or nil at the end.
    mutating func next() throws -> DockerfileLine? {
        var bytes: [UInt8] = []
        var offsets: [Int] = []
        var started = false
        var continues = false
        var start = position
        var end = position
        while let line = physical() {
            let content = trimmed(line)
            if content.isEmpty || isComment(line) {
                if !started || continues { continue }
            }
            if !started { start = content.lowerBound }
            var kept = (started ? line.lowerBound : content.lowerBound)..<content.upperBound
            started = true
            continues = !content.isEmpty && source.utf8[content.upperBound - 1] == escape
            if continues { kept = kept.lowerBound..<(content.upperBound - 1) }
            bytes += source.utf8[kept]
            offsets += kept
            end = content.upperBound
            if !continues { break }
        }
        guard started else { return nil }
        let line = DockerfileLine(source: source, bytes: bytes, offsets: offsets, heredocs: [], range: start..<end)
        let heredocs = try readHeredocs(of: line)
        return DockerfileLine(
            source: source, bytes: bytes, offsets: offsets, heredocs: heredocs,
            range: start..<(heredocs.last?.range.upperBound ?? end))
    }

    private mutating func readHeredocs(of line: DockerfileLine) throws -> [Heredoc] {
        let words = line.words(in: 0..<line.bytes.count, escape: escape)
        guard let keyword = words.first, ["RUN", "COPY", "ADD"].contains(line.string(keyword).uppercased()) else {
            return []
        }
        if words.count > 1, line.bytes[words[1].lowerBound] == UInt8(ascii: "[") { return [] }
        var found: [Heredoc] = []
        for word in words.dropFirst() {
            guard let mark = HeredocMark(line.string(word)) else { continue }
            let start = position
            var text: [UInt8] = []
            var isClosed = false
            while let piece = physical() {
                var content = piece
                if mark.stripsTabs {
                    while content.lowerBound < content.upperBound, source.utf8[content.lowerBound] == UInt8(ascii: "\t")
                    {
                        content = (content.lowerBound + 1)..<content.upperBound
                    }
                }
                if source.utf8[content].elementsEqual(mark.name.utf8) {
                    isClosed = true
                    break
                }
                text += source.utf8[content] + [UInt8(ascii: "\n")]
            }
            guard isClosed else {
                throw line.problem(
                    "heredoc", "the text that begins with \(line.string(word)) has no end", word,
                    "Write \(mark.name) alone on a line after it.")
            }
            found.append(
                Heredoc(
                    name: mark.name, text: String(decoding: text, as: UTF8.self), expands: mark.expands,
                    range: start..<max(start, position - 1)))
        }
        return found
    }
}

/// `<<NAME`, `<<-NAME`, `<<"NAME"`.
struct HeredocMark {
    let name: String
    let stripsTabs: Bool
    let expands: Bool

    init?(_ word: String) {
        var rest = word.drop { $0.isNumber }
        guard rest.hasPrefix("<<"), !rest.hasPrefix("<<<") else { return nil }
        rest = rest.dropFirst(2)
        stripsTabs = rest.hasPrefix("-")
        if stripsTabs { rest = rest.dropFirst() }
        var isQuoted = false
        if let quote = rest.first, quote == "\"" || quote == "'" {
            guard rest.count > 2, rest.last == quote else { return nil }
            rest = rest.dropFirst().dropLast()
            isQuoted = true
        }
        guard !rest.isEmpty, rest.utf8.allSatisfy(\.isASCIIWord) else { return nil }
        name = String(rest)
        expands = !isQuoted
    }
}
