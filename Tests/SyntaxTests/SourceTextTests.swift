import Problems
import Syntax
import Testing

@Suite("places in a text")
struct SourceTextTests {
    @Test("columns count characters, not bytes")
    func columns() {
        let text = SourceText(name: "f", "uno\nñandú x\n")
        let offset = Array("uno\nñandú ".utf8).count
        #expect(
            text.location(offset..<offset + 1)
                == ProblemLocation(file: "f", line: 2, column: 7, excerpt: "ñandú x", width: 1))
    }

    @Test("a range past the end points at the end")
    func pastEnd() {
        let text = SourceText(name: "f", "ab")
        #expect(text.location(2..<9) == ProblemLocation(file: "f", line: 1, column: 3, excerpt: "ab", width: 1))
    }

    @Test("a scanner takes words and classes of bytes")
    func scanner() {
        var scanner = Scanner(SourceText(name: "f", "sum by x12"))
        #expect(scanner.take("sum") && !scanner.take("sum"))
        scanner.skip(while: \.isASCIISpace)
        #expect(scanner.text.string(scanner.take(while: \.isASCIILetter)) == "by")
        scanner.advance()
        #expect(scanner.peek() == UInt8(ascii: "1"))
        #expect(scanner.text.string(scanner.take(while: \.isASCIIWord)) == "x12")
        #expect(scanner.isAtEnd && scanner.current == nil)
    }
}
