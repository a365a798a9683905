import Problems
import Syntax
import Testing

@Suite("reading YAML that people wrote")
struct YAMLTests {
    func parse(_ text: String) throws -> YAMLNode { try YAMLDocument.parse(SourceText(name: "a.yml", text)) }

    func diagnostics(_ text: String, _ read: (YAMLReader) -> Void) -> [Diagnostic] {
        do {
            let reader = YAMLReader(try parse(text))
            read(reader)
            try reader.finish()
            return []
        } catch let diagnostics as Diagnostics {
            return diagnostics.all
        } catch let diagnostic as Diagnostic {
            return [diagnostic]
        } catch {
            return []
        }
    }

    @Test("only plain scalars become numbers and booleans")
    func scalars() throws {
        let reader = YAMLReader(try parse("a: 12\nb: \"12\"\nc: true\nd: 1.5\ne: yes\nf: 0x1F\ng: 1e3\nh:\n"))
        #expect(
            reader.int("a") == 12 && reader.string("b") == "12" && reader.bool("c") == true && reader.double("d") == 1.5
        )
        #expect(
            reader.string("e") == "yes" && reader.int("f") == 31 && reader.double("g") == 1000
                && reader.value("h") == nil)
        try reader.finish()
    }

    @Test("an unknown key is reported at its place, with the key that was meant")
    func unknownKey() {
        let found = diagnostics("app: x\nimags:\n  a: b\n") { reader in
            _ = reader.string("app")
            _ = reader.entries("images")
        }
        #expect(found.count == 1)
        #expect(
            found.first?.location == ProblemLocation(file: "a.yml", line: 2, column: 1, excerpt: "imags:", width: 5))
        #expect(found.first?.remedy == "Did you mean \"images\"?")
    }

    @Test("every mistake is reported, not only the first")
    func several() {
        let found = diagnostics("port: many\nnames: {a: 1}\nextra: 1\n") { reader in
            _ = reader.int("port")
            _ = reader.strings("names")
            _ = reader.requiredString("app")
        }
        #expect(found.map(\.code) == ["yaml.type", "yaml.type", "yaml.missing-key", "yaml.unknown-key"])
    }

    @Test("nested readers say the path and report together")
    func nested() {
        let found = diagnostics("listen:\n  prot: 1\n") { reader in
            let inner = reader.reader("listen")
            _ = inner?.int("port")
            inner?.checkKeys()
        }
        #expect(found.first?.summary == "unknown key \"prot\" in \"listen\"")
    }

    @Test(
        "broken syntax has a line and a column",
        arguments: [
            ("a: [1, 2\nb: 3\n", 2), ("a:\n\tb: 1\n", 2), ("a: 'x\n", 2),
        ])
    func syntax(text: String, line: Int) {
        #expect(throws: Diagnostic.self) { try parse(text) }
        let found = diagnostics(text) { _ in }
        #expect(found.first?.location?.line == line)
    }

    @Test("a key that stands twice is refused")
    func duplicate() {
        #expect(diagnostics("a: 1\na: 2\n") { _ in }.first?.code == "yaml.duplicate-key")
    }

    @Test("anchors, aliases and merge keys work; the nearer key wins")
    func anchors() throws {
        let node = try parse("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n")
        let use = YAMLReader(try #require(node["use"]))
        #expect(use.int("x") == 1 && use.int("y") == 3)
    }

    @Test("several documents are told apart, empty ones are left out")
    func documents() throws {
        let text = "---\na: 1\n---\n---\nb: 2\n"
        #expect(try YAMLDocument.parseAll(SourceText(name: "a.yml", text)).count == 2)
        #expect(throws: Diagnostic.self) { try parse(text) }
    }

    @Test("an empty file is an empty mapping")
    func empty() throws {
        let reader = YAMLReader(try parse("# nothing\n"))
        #expect(reader.string("a") == nil)
        try reader.finish()
    }
}
