import Problems
import Testing

@testable import Workflows

struct StepLanguageTests {
    @Test func `commands carry properties and escaped text`() {
        #expect(
            WorkflowCommand(parsing: "::error file=a%2Cb.swift,line=3, title=Bad::first%0Asecond 100%25")
                == WorkflowCommand("error", ["file": "a,b.swift", "line": "3", "title": "Bad"], "first\nsecond 100%"))
        #expect(WorkflowCommand(parsing: "  ::group::Build it") == WorkflowCommand("group", [:], "Build it"))
        #expect(WorkflowCommand(parsing: "##[warning]old") == WorkflowCommand("warning", [:], "old"))
        #expect(WorkflowCommand(parsing: "std::vector<int> x") == nil)
        #expect(WorkflowCommand(parsing: ":: not one::") == nil)
    }

    @Test func `commands can be switched off for a while`() {
        let commands = StepCommands()
        #expect(commands.read("::stop-commands::token") == nil)
        #expect(commands.read("::error::x") == nil)
        #expect(commands.read("::token::") == nil)
        #expect(commands.read("::error::x")?.message == "x")
        #expect(commands.read("::set-output name=a::b") != nil)
        #expect(commands.outputs.map(\.name) == ["a"])
    }

    @Test func `command files hold lines and blocks`() throws {
        let pairs = try CommandFile.pairs("a=1\nb=x=y<<z\nc<<EOF\none\n\ntwo=2\nEOF\nd=\n", file: "f")
        #expect(pairs.map(\.name) == ["a", "b", "c", "d"])
        #expect(pairs.map(\.value) == ["1", "x=y<<z", "one\n\ntwo=2", ""])
        #expect(throws: CommandFileProblem.self) { try CommandFile.pairs("c<<EOF\none\n", file: "f") }
        #expect(throws: CommandFileProblem.self) { try CommandFile.pairs("just words\n", file: "f") }
        #expect(CommandFile.paths("/a\n/b\n") == ["/b", "/a"])
    }

    @Test func `masks hide what overlaps and what is encoded`() {
        let masker = Masker(["abcdef", "defghi", "line one\nline two"])
        #expect(masker.mask("xabcdefghix") == "x***x")
        #expect(masker.mask("abcdef-abcdef") == "***-***")
        #expect(masker.mask("has line two in it") == "has *** in it")
        #expect(masker.mask("nothing here") == "nothing here")
        #expect(Masker(["", "  "]).mask("a  b") == "a  b")
        #expect(Masker(["correct-horse"]).mask("dXNlcjpjb3JyZWN0LWhvcnNl").contains("***"))
    }

    @Test func `a matrix that only includes is a list of jobs`() throws {
        let entry = ExpressionValue.members([
            ("include", .array(ExpressionArray([.strings(["a": "1"]), .strings(["a": "2", "b": "3"])])))
        ])
        let combinations = try MatrixExpansion.expand(entry, at: .init(file: "f", line: 1, column: 1, excerpt: ""))
        #expect(combinations.map(MatrixExpansion.suffix) == ["1", "2, 3"])
    }
}
