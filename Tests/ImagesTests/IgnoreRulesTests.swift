import EstibaTesting
import Problems
import Syntax
import Testing

@testable import Images

struct IgnoreRulesTests {
    @Test(
        arguments: [
            ("*.md", ["a.md", ".md"], ["a/b.md", "a.mdx"]),
            ("**/*.md", ["a.md", "a/b/c.md"], ["a.txt"]),
            ("/build", ["build", "build/x/y"], ["a/build", "builds"]),
            ("node_modules/", ["node_modules/x"], ["a/node_modules"]),
            ("**/node_modules", ["node_modules", "a/b/node_modules/c"], ["node_modules2"]),
            ("a/**", ["a/b", "a/b/c"], ["b"]),
            ("a/**/z", ["a/z", "a/b/c/z"], ["a/y"]),
            ("temp?", ["temp1", "temp1/x"], ["temp", "temp12"]),
            ("[a-c]x", ["ax", "cx"], ["dx"]),
            ("[^a]x", ["bx"], ["ax"]),
            ("*\n!keep", ["a", "b/c"], ["keep", "keep/x"]),
            ("*.log\n!important.log\nimportant.log", ["a.log", "important.log"], ["x"]),
            ("dir\n!dir/keep.txt", ["dir/a", "dir/keep.txt2"], ["dir/keep.txt"]),
            ("# a\n\n  ./b/../c  \n", ["c"], ["b", "# a"]),
            ("a\\*", ["a*"], ["ab"]),
        ] as [(String, [String], [String])])
    func `the last rule that matches decides`(text: String, out: [String], within: [String]) throws {
        let rules = try IgnoreRules.parse(SourceText(name: ".dockerignore", text))
        for path in out { #expect(rules.line(ignoring: path) != nil, "\(path) is kept out") }
        for path in within { #expect(rules.line(ignoring: path) == nil, "\(path) is let in") }
    }

    @Test func `a bracket that isn't closed is a mistake with a place`() {
        let error = #expect(throws: Diagnostic.self) {
            try IgnoreRules.parse(SourceText(name: ".dockerignore", "a\n[b"))
        }
        #expect(error?.location?.line == 2)
    }

    @Test func `files are found by name and by pattern, through links, and never outside`() async throws {
        try await TemporaryDirectory.with { directory in
            try directory.write("context/a.txt", "1")
            try directory.write("context/b.txt", "2")
            try directory.write("context/sub/c.txt", "3")
            try directory.write("context/sub/skip/d.txt", "4")
            try directory.write("secret", "5")
            try directory.link("context/out", to: "../../secret")
            try directory.link("context/alias", to: "sub")
            let rules = try IgnoreRules.parse(SourceText(name: ".dockerignore", "sub/skip"))
            let tree = FileTree(root: directory.file("context"), rules: rules)
            #expect(tree.find("*.txt").map(\.path) == ["a.txt", "b.txt"])
            #expect(tree.find("alias/c.txt").map(\.path) == ["sub/c.txt"])
            #expect(tree.find("s*/*.txt").map(\.path) == ["sub/c.txt"])
            #expect(tree.find("../a.txt").map(\.path) == ["a.txt"])
            #expect(tree.find("out") == [])
            #expect(tree.walk("sub").map(\.path) == ["sub", "sub/c.txt"])
            #expect(tree.find(".").map(\.path) == [""])
            #expect(tree.absence(of: "a.text").remedy == "Did you mean \"a.txt\"?")
            #expect(tree.absence(of: "sub/skip/d.txt").why == "line 1 of .dockerignore keeps it out")
        }
    }
}
