import Problems
package import Syntax

/// Reads Dockerfiles. Every mistake is reported, each with its place and the likely way to mend it.
package struct DockerfileParser {
    static let keywords = [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
        "ONBUILD",
        "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ]

    let escape: UInt8
    private var arguments: [Dockerfile.Argument] = []
    private var stages: [Dockerfile.Stage] = []
    private var open: Open?
    private var mistakes: [Diagnostic] = []

    private struct Open {
        var from: FromLine
        var range: Range<Int>
        var instructions: [Instruction] = []

        var stage: Dockerfile.Stage {
            Dockerfile.Stage(
                name: from.name, base: from.base, platform: from.platform, instructions: instructions, range: range)
        }
    }

    /// - Throws: `Diagnostics` with all mistakes.
    package static func parse(_ source: SourceText) throws -> Dockerfile {
        var lexer: DockerfileLexer
        do {
            lexer = try DockerfileLexer(source)
        } catch let mistake as Diagnostic {
            throw Diagnostics([mistake]) ?? mistake
        }
        var parser = DockerfileParser(escape: lexer.escape)
        while true {
            do {
                guard let line = try lexer.next() else { break }
                try parser.add(line)
            } catch let mistake as Diagnostic {
                parser.mistakes.append(mistake)
            }
        }
        if let open = parser.open { parser.stages.append(open.stage) }
        if parser.stages.isEmpty && parser.mistakes.isEmpty {
            parser.mistakes.append(
                Diagnostic(
                    "images.dockerfile.empty", "the Dockerfile has no FROM", at: source.location(0..<0),
                    remedy: "Begin it with \"FROM scratch\" or with a base image such as \"FROM debian:bookworm-slim\"."
                ))
        }
        if let all = Diagnostics(parser.mistakes) { throw all }
        return Dockerfile(source: source, arguments: parser.arguments, stages: parser.stages)
    }

    private init(escape: UInt8) {
        self.escape = escape
    }

    private mutating func add(_ line: DockerfileLine) throws {
        let keywordEnd = line.bytes.firstIndex(where: \.isASCIISpace) ?? line.bytes.count
        let written = line.string(0..<keywordEnd)
        let keyword = written.uppercased()
        guard Self.keywords.contains(keyword) else {
            throw line.problem(
                "unknown-instruction", "\"\(written)\" is not an instruction", 0..<keywordEnd,
                Suggestion.nearest(to: keyword, in: Self.keywords).map { "Did you mean \"\($0)\"?" }
                    ?? "Each line begins with one of \(Self.keywords.joined(separator: ", ")); end a line with \"\\\" to continue it."
            )
        }
        var cursor = InstructionCursor(line: line, keyword: keyword, start: keywordEnd, escape: escape)
        if keyword == "FROM" {
            if let open { stages.append(open.stage) }
            open = nil
            let from = try FromLine(&cursor)
            if let name = from.name, let word = from.nameRange, stages.contains(where: { $0.name == name }) {
                throw line.problem(
                    "duplicate-stage", "there is a stage \"\(name)\" already", word, "Choose another name.")
            }
            open = Open(from: from, range: line.range)
            return
        }
        let kind = try InstructionParser.parse(&cursor)
        if open != nil {
            open?.instructions.append(Instruction(kind: kind, text: line.text, range: line.range))
        } else if case .arguments(let list) = kind {
            arguments += list
        } else if stages.isEmpty && mistakes.isEmpty {
            throw line.problem(
                "before-from", "\(keyword) stands before the first FROM", 0..<keywordEnd,
                "Put a FROM line above it; only ARG may stand before FROM.")
        }
    }
}

/// `FROM [--platform=P] image [AS name]`
struct FromLine {
    let base: Word
    let platform: Word?
    let name: String?
    let nameRange: Range<Int>?

    init(_ cursor: inout InstructionCursor) throws {
        platform = try cursor.flags(["platform": .value])["platform"]
        let words = cursor.words()
        guard let first = words.first else {
            throw cursor.missing("the name of an image", example: "FROM debian:bookworm-slim")
        }
        base = cursor.line.word(first)
        guard words.count > 1 else {
            name = nil
            nameRange = nil
            return
        }
        let middle = cursor.line.string(words[1])
        guard middle.uppercased() == "AS", words.count == 3 else {
            throw cursor.line.problem(
                "from",
                words.count == 2 && middle.uppercased() == "AS" ? "a name is missing after AS" : "FROM takes one image",
                words[1], "Write \"FROM image\" or \"FROM image AS name\".")
        }
        let text = cursor.line.string(words[2]).lowercased()
        guard let start = text.utf8.first, start.isASCIILetter,
            text.utf8.allSatisfy({ $0.isASCIIWord || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else {
            throw cursor.line.problem(
                "stage-name", "\"\(text)\" can't be the name of a stage", words[2],
                "Use letters, digits, \"-\", \"_\" and \".\", beginning with a letter.")
        }
        name = text
        nameRange = words[2]
    }
}
