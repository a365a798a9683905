import Testing

@testable import Linux

struct LineSplitterTests {
    @Test(arguments: [
        (["a\nb\n"], ["a", "b"]),
        (["a", "b\nc"], ["ab", "c"]),
        (["a\r\nb"], ["a", "b"]),
        (["\n\n"], ["", ""]),
        (["12345678901234567890"], ["1234567890", "1234567890"]),
        (["123456789é0"], ["123456789", "é0"]),
    ])
    func `bytes become lines wherever they are cut`(chunks: [String], expected: [String]) {
        var splitter = LineSplitter(longest: 10)
        var lines: [String] = []
        for chunk in chunks { splitter.feed(Array(chunk.utf8)) { line, _ in lines.append(line) } }
        if let rest = splitter.finish() { lines.append(rest) }
        #expect(lines == expected)
    }
}
