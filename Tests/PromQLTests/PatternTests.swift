import PromQL
import Testing

struct PatternTests {
    @Test(
        "patterns match whole texts",
        arguments: [
            ("a|b", ["a", "b"], ["", "ab", "c"]),
            ("", [""], ["a"]),
            (".*", ["", "a\nb"], []),
            (".+", ["a"], [""]),
            ("ab.*", ["ab", "abc"], ["a", "cab"]),
            (".*ab", ["ab", "cab"], ["abc"]),
            (".*ab.*", ["ab", "cabd"], ["ba"]),
            ("(?i:PRO).*", ["production", "PROd"], ["canary"]),
            ("((?i)PRO)x", ["prox", "PROx"], ["PROX"]),
            ("[a-c]{2,3}", ["ab", "abc"], ["a", "abca", "ad"]),
            ("[^a-c]+", ["xyz"], ["xa"]),
            ("\\d+\\.\\d", ["12.5"], ["12x5"]),
            ("[[:alpha:]]+", ["abc"], ["a1"]),
            ("(a|b)*c?", ["", "abab", "bac"], ["abd"]),
            ("x{0}y", ["y"], ["xy"]),
            ("5..", ["500", "503"], ["50", "4040"]),
            ("^foo$", ["foo"], ["foox"]),
            ("über|straße", ["über", "straße"], ["uber"]),
            ("\\Qa.b\\E", ["a.b"], ["axb"]),
            ("(a+)+$", [String(repeating: "a", count: 40)], [String(repeating: "a", count: 40) + "b"]),
        ])
    func matching(source: String, good: [String], bad: [String]) throws {
        let pattern = try Pattern(source)
        for text in good { #expect(pattern.matches(Array(text.utf8)), "\(source) should match \(text)") }
        for text in bad { #expect(!pattern.matches(Array(text.utf8)), "\(source) should not match \(text)") }
    }

    @Test("groups fill a template")
    func template() throws {
        let pattern = try Pattern("(?P<host>[^:]+):(\\d+)?")
        let groups = try #require(pattern.groups(in: "db:5432"))
        #expect(pattern.expand("$host-${2}-$$-$3-$1x", groups) == "db-5432-$--")
        let partial = try #require(pattern.groups(in: "db:"))
        #expect(pattern.expand("[$2]", partial) == "[]")
    }

    @Test(
        "what cannot be read is a problem",
        arguments: ["(", "[a", "*a", "a**", "\\", "a{2,1}", "(?<", "\\pL", "(?z)", "[z-a]"])
    func problems(source: String) {
        #expect(throws: PatternProblem.self) { try Pattern(source) }
    }
}
