/// A regular expression in RE2 syntax that must match the whole text; the dot matches newlines too.
///
/// Matching takes linear time in the text, so a query can't be used to stop the server.
package struct Pattern: Sendable {
    /// How the commonest expressions are decided without running the program.
    enum Shortcut: Sendable, Equatable {
        case none
        case anything
        case nonEmpty
        case literals([[UInt8]])
        case prefix([UInt8])
        case suffix([UInt8])
        case contains([UInt8])
    }

    package let source: String
    let program: PatternProgram
    let groupCount: Int
    let groupNames: [String: Int]
    let shortcut: Shortcut

    package init(_ source: String) throws(PatternProblem) {
        self.source = source
        var flags = PatternParser.Flags()
        flags.dotMatchesNewline = true
        var parser = PatternParser(source, flags: flags)
        let node = try parser.parse()
        program = try PatternProgram(node)
        groupCount = parser.groupCount
        groupNames = parser.groupNames
        shortcut = Shortcut(node)
    }

    /// The only texts that match, where there are few: `a|b`.
    var literals: [[UInt8]]? {
        if case .literals(let all) = shortcut { return all }
        return nil
    }

    package func matches(_ text: [UInt8]) -> Bool {
        switch shortcut {
        case .anything: return true
        case .nonEmpty: return !text.isEmpty
        case .literals(let all): return all.contains(text)
        case .prefix(let prefix): return text.starts(with: prefix)
        case .suffix(let suffix): return text.reversed().starts(with: suffix.reversed())
        case .contains(let part): return Self.contains(text, part)
        case .none: return captures(in: text, wanted: false) != nil
        }
    }

    /// The groups' texts (the whole first), with nil for groups that took no part; nil where the text does not match.
    package func groups(in text: String) -> [String?]? {
        let scalars = Array(text.unicodeScalars)
        guard let positions = captures(in: Array(text.utf8), wanted: true) else { return nil }
        return (0...groupCount).map { group in
            if group == 0 { return text }
            let (start, end) = (positions[2 * group], positions[2 * group + 1])
            guard start >= 0, end >= start else { return nil }
            var result = String.UnicodeScalarView()
            result.append(contentsOf: scalars[start..<end])
            return String(result)
        }
    }

    /// Replaces `$1`, `${1}`, `$name` and `$$` in a template by the groups of a match.
    package func expand(_ template: String, _ groups: [String?]) -> String {
        var result: [UInt8] = []
        let bytes = Array(template.utf8)
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "$") {
                result.append(bytes[index])
                index += 2
                continue
            }
            let braced = bytes[index + 1] == UInt8(ascii: "{")
            let start = index + (braced ? 2 : 1)
            var end = start
            while end < bytes.count, Lexing.isWord(bytes[end]) { end += 1 }
            guard end > start, !braced || (end < bytes.count && bytes[end] == UInt8(ascii: "}")) else {
                result.append(bytes[index])
                index += 1
                continue
            }
            let name = String(decoding: bytes[start..<end], as: UTF8.self)
            let number = Int(name) ?? groupNames[name]
            if let number, groups.indices.contains(number), let text = groups[number] { result += Array(text.utf8) }
            index = braced ? end + 1 : end
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func captures(in text: [UInt8], wanted: Bool) -> [Int]? {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.map(\.value)
        var machine = PatternMachine(program, capturing: wanted)
        return machine.run(scalars, groups: groupCount)
    }

    private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard text.count >= part.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}

extension Pattern.Shortcut {
    init(_ node: PatternNode) {
        if let literals = Self.literals(node) {
            self = .literals(literals)
            return
        }
        let parts: [PatternNode] = if case .sequence(let parts) = node { parts } else { [node] }
        let middle = Self.text(parts.filter { !Self.isAnything($0) })
        switch (parts.first.map(Self.isAnything) ?? false, parts.last.map(Self.isAnything) ?? false) {
        case (true, _) where parts.count == 1: self = .anything
        case _ where parts == [.repetition(.any(exceptNewline: false), least: 1, most: nil, lazy: false)]:
            self = .nonEmpty
        case (true, false): self = Self.text(Array(parts.dropFirst())).map { .suffix($0) } ?? .none
        case (false, true): self = Self.text(Array(parts.dropLast())).map { .prefix($0) } ?? .none
        case (true, true) where Self.text(Array(parts.dropFirst().dropLast())) != nil:
            self = middle.map { .contains($0) } ?? .none
        default: self = .none
        }
    }

    private static func isAnything(_ node: PatternNode) -> Bool {
        if case .repetition(.any(exceptNewline: false), 0, nil, _) = node { return true }
        return false
    }

    private static func literals(_ node: PatternNode) -> [[UInt8]]? {
        switch node {
        case .alternation(let branches):
            let all = branches.compactMap { literals($0) }
            return all.count == branches.count ? all.flatMap { $0 } : nil
        case .group(let inside, _): return literals(inside)
        case .empty: return [[]]
        default: return text([node]).map { [$0] }
        }
    }

    /// The text that the nodes stand for, if they are nothing but text.
    private static func text(_ nodes: [PatternNode]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for node in nodes {
            switch node {
            case .scalar(let value, folded: false):
                guard let scalar = Unicode.Scalar(value) else { return nil }
                bytes += Array(String(Character(scalar)).utf8)
            case .sequence(let inner):
                guard let inner = text(inner) else { return nil }
                bytes += inner
            default: return nil
            }
        }
        return bytes
    }
}
