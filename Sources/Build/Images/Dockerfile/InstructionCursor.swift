import Problems
import Syntax

/// Where the reading of one instruction stands: after its keyword, then after its flags.
struct InstructionCursor {
    let line: DockerfileLine
    let keyword: String
    private(set) var start: Int
    /// The values of all `--mount`, which may be given several times.
    private(set) var mounts: [Word] = []
    let escape: UInt8

    enum Flag {
        case value
        case presence
        /// Known, but not done; the text says what to do instead.
        case unsupported(String)
    }

    init(line: DockerfileLine, keyword: String, start: Int, escape: UInt8) {
        self.line = line
        self.keyword = keyword
        self.start = start
        self.escape = escape
        skipSpace()
    }

    var rest: Range<Int> { min(start, line.bytes.count)..<line.bytes.count }
    var restText: String { line.string(rest) }

    func words() -> [Range<Int>] { line.words(in: rest, escape: escape) }

    private mutating func skipSpace() {
        while start < line.bytes.count, line.bytes[start].isASCIISpace { start += 1 }
    }

    func missing(_ what: String, example: String) -> Diagnostic {
        line.problem("missing", "\(keyword) needs \(what)", 0..<keyword.utf8.count, "Write for example \"\(example)\".")
    }

    /// Consumes the `--name=value` words at the front.
    mutating func flags(_ known: [String: Flag]) throws -> [String: Word] {
        var found: [String: Word] = [:]
        while let range = words().first, line.string(range).hasPrefix("--"), range.count > 2 {
            let text = line.string(range).dropFirst(2)
            let name = String(text.prefix { $0 != "=" })
            let nameEnd = range.lowerBound + 2 + name.utf8.count
            guard let flag = known[name] else {
                let candidates = known.keys.sorted()
                throw line.problem(
                    "unknown-flag", "\(keyword) has no flag --\(name)", range.lowerBound..<nameEnd,
                    candidates.isEmpty ? "Leave it out." : Suggestion.remedy(for: name, in: candidates))
            }
            switch flag {
            case .unsupported(let remedy):
                throw Diagnostic(
                    "images.dockerfile.unsupported", "\(keyword) --\(name) is not supported",
                    at: line.source.location(line.sourceRange(range)), remedy: remedy, category: .unsupported)
            case .value:
                guard nameEnd < range.upperBound - 1 else {
                    throw line.problem("flag-value", "--\(name) needs a value", range, "Write --\(name)=VALUE.")
                }
                if found[name] != nil && name != "mount" {
                    throw line.problem("duplicate-flag", "--\(name) is given twice", range, "Leave one of them out.")
                }
                found[name] = line.word((nameEnd + 1)..<range.upperBound)
                if name == "mount" { mounts.append(line.word((nameEnd + 1)..<range.upperBound)) }
            case .presence:
                found[name] = line.word(range)
            }
            start = range.upperBound
            skipSpace()
        }
        return found
    }

    /// The flags, and what `--mount` asks for.
    mutating func flagsAndMounts(_ known: [String: Flag]) throws -> ([String: Word], [Instruction.Mount]) {
        let flags = try flags(known)
        return (flags, try mounts.map { try MountParser.parse($0, line.source) })
    }

    /// The rest as a JSON array of strings; nil if it doesn't look like one.
    ///
    /// `[ -f x ] && y` is a shell's test and no array: where the bracket is followed by a space, what can't be read as JSON
    /// is left to the shell, if the instruction has a shell form.
    func jsonArray(orShell: Bool) throws -> [String]? {
        let range = rest
        guard range.lowerBound < range.upperBound, line.bytes[range.lowerBound] == UInt8(ascii: "[") else { return nil }
        var reader = JSONArrayReader(line: line, position: range.lowerBound)
        do {
            return try reader.read()
        } catch {
            let next = range.lowerBound + 1 < range.upperBound ? line.bytes[range.lowerBound + 1] : 0
            if orShell && next != UInt8(ascii: "\"") && next != UInt8(ascii: "'") { return nil }
            throw error
        }
    }

    /// The rest as a command in either form.
    func command(example: String) throws -> Instruction.CommandForm {
        if rest.isEmpty { throw missing("a command", example: example) }
        if let arguments = try jsonArray(orShell: true) { return .exec(arguments) }
        return .shell(restText)
    }
}
