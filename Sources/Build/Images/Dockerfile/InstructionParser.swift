import Problems
import Syntax

/// Reads one instruction of a stage, after its keyword.
enum InstructionParser {
    static func parse(_ cursor: inout InstructionCursor) throws -> Instruction.Kind {
        switch cursor.keyword {
        case "ARG": return .arguments(try arguments(&cursor))
        case "ENV": return .environment(try pairs(&cursor, example: "ENV PORT=8080"))
        case "LABEL": return .labels(try pairs(&cursor, example: "LABEL team=harbour"))
        case "WORKDIR": return .workingDirectory(try whole(&cursor, "a directory", "WORKDIR /app"))
        case "USER": return .user(try single(&cursor, "a user", "USER 1000:1000"))
        case "STOPSIGNAL": return .stopSignal(try single(&cursor, "a signal", "STOPSIGNAL SIGTERM"))
        case "EXPOSE": return .expose(try list(&cursor, "a port", "EXPOSE 8080/tcp"))
        case "VOLUME":
            if let items = try cursor.jsonArray(orShell: false) {
                let range = cursor.line.sourceRange(cursor.rest)
                return .volumes(items.map { Word(text: $0, range: range) })
            }
            return .volumes(try list(&cursor, "a path", "VOLUME /data"))
        case "COPY", "ADD": return .copy(try CopyParser.parse(&cursor))
        case "RUN": return .run(try run(&cursor))
        case "CMD": return .command(try cursor.command(example: "CMD [\"/app/server\"]"))
        case "ENTRYPOINT": return .entrypoint(try cursor.command(example: "ENTRYPOINT [\"/app/server\"]"))
        case "HEALTHCHECK": return .healthcheck(try HealthcheckParser.parse(&cursor))
        case "SHELL":
            guard let items = try cursor.jsonArray(orShell: false), !items.isEmpty else {
                throw cursor.missing("a list in JSON form", example: "SHELL [\"/bin/bash\", \"-c\"]")
            }
            return .shell(items)
        case "MAINTAINER":
            if cursor.rest.isEmpty {
                throw cursor.missing("a name", example: "LABEL org.opencontainers.image.authors=\"…\"")
            }
            return .maintainer(cursor.restText)
        default:
            throw Diagnostic(
                "images.dockerfile.unsupported", "\(cursor.keyword) is not supported",
                at: cursor.line.source.location(cursor.line.sourceRange(0..<cursor.keyword.utf8.count)),
                remedy: "Write the instruction in the Dockerfiles that use this image.", category: .unsupported)
        }
    }

    private static func whole(
        _ cursor: inout InstructionCursor, _ what: String, _ example: String
    ) throws -> Word {
        if cursor.rest.isEmpty { throw cursor.missing(what, example: example) }
        return cursor.line.word(cursor.rest)
    }

    private static func single(
        _ cursor: inout InstructionCursor, _ what: String, _ example: String
    ) throws -> Word {
        let words = try list(&cursor, what, example)
        guard words.count == 1 else {
            throw cursor.line.problem(
                "too-many", "\(cursor.keyword) takes one argument", cursor.words()[1],
                "Write for example \"\(example)\".")
        }
        return words[0]
    }

    private static func list(
        _ cursor: inout InstructionCursor, _ what: String, _ example: String
    ) throws -> [Word] {
        let words = cursor.words()
        if words.isEmpty { throw cursor.missing(what, example: example) }
        return words.map(cursor.line.word)
    }

    private static func run(_ cursor: inout InstructionCursor) throws -> Instruction.Run {
        let (flags, mounts) = try cursor.flagsAndMounts([
            "network": .value, "mount": .value,
            "security": .unsupported("Leave it out: steps run with the usual capabilities."),
            "device": .unsupported("Leave it out."),
        ])
        var network = Instruction.Run.Network.default
        if let word = flags["network"] {
            guard let known = Instruction.Run.Network(rawValue: word.text) else {
                throw Diagnostic(
                    "images.dockerfile.network", "\"\(word.text)\" is not a network mode",
                    at: cursor.line.source.location(word.range),
                    remedy: Suggestion.remedy(for: word.text, in: Instruction.Run.Network.allCases.map(\.rawValue)))
            }
            network = known
        }
        let example = "RUN apt-get update"
        guard let heredoc = cursor.line.heredocs.first else {
            return Instruction.Run(command: try cursor.command(example: example), network: network, mounts: mounts)
        }
        let words = cursor.words()
        if words.count == 1, cursor.line.heredocs.count == 1 {
            if heredoc.text.hasPrefix("#!") {
                throw Diagnostic(
                    "images.dockerfile.unsupported", "a script with its own interpreter is not supported here",
                    at: cursor.line.source.location(heredoc.range.lowerBound..<heredoc.range.lowerBound),
                    remedy: "Name the interpreter: \"RUN python3 <<\(heredoc.name)\".", category: .unsupported)
            }
            return Instruction.Run(command: .shell(heredoc.text), network: network, mounts: mounts)
        }
        // The shell reads these texts itself.
        let texts = cursor.line.heredocs.map { "\n\($0.text)\($0.name)" }.joined()
        return Instruction.Run(command: .shell(cursor.restText + texts), network: network, mounts: mounts)
    }

    private static func arguments(_ cursor: inout InstructionCursor) throws -> [Dockerfile.Argument] {
        let words = cursor.words()
        if words.isEmpty { throw cursor.missing("a name", example: "ARG VERSION=1.0") }
        return try words.map { range in
            let text = cursor.line.string(range)
            let name = text.prefix { $0 != "=" }
            let nameEnd = range.lowerBound + name.utf8.count
            try check(name: name, range.lowerBound..<nameEnd, cursor)
            let value = nameEnd < range.upperBound ? cursor.line.word((nameEnd + 1)..<range.upperBound) : nil
            return Dockerfile.Argument(name: String(name), value: value)
        }
    }

    private static func check(name: Substring, _ range: Range<Int>, _ cursor: InstructionCursor) throws {
        if let first = name.utf8.first, !first.isASCIIDigit, name.utf8.allSatisfy(\.isASCIIWord) { return }
        throw cursor.line.problem(
            "variable-name", "\"\(name)\" can't be the name of a variable", range,
            "Use letters, digits and \"_\", beginning with a letter or \"_\".")
    }

    /// `k=v k2="v 2"`, or the old form `k rest of the line`.
    private static func pairs(_ cursor: inout InstructionCursor, example: String) throws -> [Instruction.Pair] {
        let words = cursor.words()
        guard let first = words.first else { throw cursor.missing("a name and a value", example: example) }
        if !cursor.line.string(first).contains("=") {
            guard words.count > 1 else {
                throw cursor.line.problem(
                    "pair", "a value is missing", first, "Write \(cursor.line.string(first))=value.")
            }
            return [
                Instruction.Pair(
                    name: cursor.line.word(first),
                    value: cursor.line.word(words[1].lowerBound..<cursor.line.bytes.count))
            ]
        }
        return try words.map { range in
            guard let equals = cursor.line.bytes[range].firstIndex(of: UInt8(ascii: "=")), equals > range.lowerBound
            else {
                throw cursor.line.problem(
                    "pair", "\"\(cursor.line.string(range))\" is not of the form name=value", range,
                    "Put values with spaces in double quotes.")
            }
            return Instruction.Pair(
                name: cursor.line.word(range.lowerBound..<equals),
                value: cursor.line.word((equals + 1)..<range.upperBound))
        }
    }
}
