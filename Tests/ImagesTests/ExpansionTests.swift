import Syntax
import Testing

@testable import Images

struct ExpansionTests {
    private let variables = ["x": "X", "empty": "", "path": "/a/b"]

    private func expansion(_ text: String) -> (Expansion, Word) {
        (
            Expansion(source: SourceText(name: "Dockerfile", text), escape: UInt8(ascii: "\\")) { variables[$0] },
            Word(text: text, range: 0..<text.utf8.count)
        )
    }

    @Test(arguments: [
        ("a$x", "aX"), ("${x}b", "Xb"), ("$unset.", "."), ("$x_y", ""), ("\\$x", "$x"), ("'$x'", "$x"),
        ("\"$x \\\"q\\\"\"", "X \"q\""),
        ("${x:-d}", "X"), ("${unset:-d}", "d"), ("${empty:-d}", "d"), ("${empty-d}", ""), ("${unset-d}", "d"),
        ("${x:+s}", "s"), ("${unset:+s}", ""), ("${empty:+s}", ""), ("${empty+s}", "s"),
        ("${unset:-${path}/$x}", "/a/b/X"),
        ("a\\ b", "a b"), ("100$", "100$"), ("$-", "$-"), ("\"a\"'b'c", "abc"), ("\"\\n\"", "\\n"), ("$1", ""),
    ])
    func `variables are replaced and quotes taken away`(text: String, expected: String) throws {
        let (expansion, word) = expansion(text)
        #expect(try expansion.expand(word) == expected)
    }

    @Test(arguments: [
        ("${x", "a ${ is not closed"), ("'a", "a single quote is not closed"), ("\"a", "a double quote is not closed"),
        ("${}", "a variable has no name"), ("${x%y}", "${x…} has an operator that is not supported"),
        ("${unset:?give it}", "unset is not set: give it"),
    ])
    func `what can't be replaced says why`(text: String, why: String) {
        let (expansion, word) = expansion(text)
        let error = #expect(throws: Diagnostic.self) { try expansion.expand(word) }
        #expect(error?.summary == why)
    }

    @Test func `a here-document keeps its quotes`() throws {
        let (expansion, word) = expansion("a \"$x\" '$x' \\$x \\n\n")
        #expect(try expansion.text(word.text, range: word.range) == "a \"X\" 'X' $x \\n\n")
    }
}
