package import Problems

/// A named text, as bytes, with the means to say where in it something stands.
package struct SourceText: Sendable {
    /// The file's name as the writer knows it.
    package let name: String
    package let utf8: [UInt8]

    package init(name: String, _ text: String) {
        self.name = name
        self.utf8 = Array(text.utf8)
    }

    package init(name: String, utf8: [UInt8]) {
        self.name = name
        self.utf8 = utf8
    }

    package func string(_ range: Range<Int>) -> String {
        String(decoding: utf8[range.clamped(to: 0..<utf8.count)], as: UTF8.self)
    }

    /// The location of a byte range. Lines and columns start at 1; columns count characters.
    package func location(_ range: Range<Int>) -> ProblemLocation {
        let start = min(max(0, range.lowerBound), utf8.count)
        var line = 1
        var lineStart = 0
        for index in 0..<start where utf8[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        let lineEnd = utf8[start...].firstIndex(of: UInt8(ascii: "\n")) ?? utf8.count
        let end = min(max(range.upperBound, start), lineEnd)
        return ProblemLocation(
            file: name, line: line, column: string(lineStart..<start).count + 1,
            excerpt: string(lineStart..<lineEnd), width: string(start..<end).count)
    }

    /// The location of a 1-based line and column, as parsers of other libraries report them.
    package func location(line: Int, column: Int, width: Int = 1) -> ProblemLocation {
        let lines = utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let excerpt = lines.indices.contains(line - 1) ? String(decoding: lines[line - 1], as: UTF8.self) : ""
        return ProblemLocation(file: name, line: line, column: column, excerpt: excerpt, width: width)
    }
}
