/// Reads RE2 syntax. What is left out (Unicode classes by name, back-references) is a problem that says so.
struct PatternParser {
    struct Flags {
        var folded = false
        var multiline = false
        var dotMatchesNewline = false
        var swapsGreed = false
    }

    let scalars: [UInt32]
    var offset = 0
    var flags: Flags
    var groupCount = 0
    private var depth = 0
    var groupNames: [String: Int] = [:]

    init(_ text: String, flags: Flags) {
        scalars = text.unicodeScalars.map(\.value)
        self.flags = flags
    }

    mutating func parse() throws(PatternProblem) -> PatternNode {
        let node = try alternation()
        if offset < scalars.count { throw PatternProblem("unexpected-parenthesis", "unexpected ): `\(text(0))`") }
        return node
    }

    func text(_ start: Int, _ end: Int? = nil) -> String {
        var result = String.UnicodeScalarView()
        for value in scalars[start..<(end ?? scalars.count)] { result.append(Unicode.Scalar(value) ?? "?") }
        return String(result)
    }

    func peek(_ character: Unicode.Scalar, _ distance: Int = 0) -> Bool {
        offset + distance < scalars.count && scalars[offset + distance] == character.value
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        if peek(character) { offset += 1; return true }
        return false
    }

    private mutating func alternation() throws(PatternProblem) -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternation(branches)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternNode {
        var parts: [PatternNode] = []
        while offset < scalars.count, !peek("|"), !peek(")") {
            guard let atom = try atom() else { continue }
            parts.append(try repeated(atom))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func repeated(_ atom: PatternNode) throws(PatternProblem) -> PatternNode {
        var node = atom
        var before: Int?
        while offset < scalars.count {
            let start = offset
            guard let (least, most) = try quantifier() else { break }
            if let before {
                throw PatternProblem("repetition", "invalid nested repetition operator: `\(text(before, offset))`")
            }
            let lazy = take("?") != flags.swapsGreed
            node = .repetition(node, least: least, most: most, lazy: lazy)
            before = start
        }
        return node
    }

    private mutating func quantifier() throws(PatternProblem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard peek("{") else { return nil }
        let start = offset
        offset += 1
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard let least, take("}") else {
            offset = start
            return nil
        }
        let open = scalars[offset - 2] == 0x2C
        if least > 1000 || (most ?? 0) > 1000 || (!open && (most ?? least) < least) {
            throw PatternProblem("repetition", "invalid repeat count: `\(text(start, offset))`")
        }
        return (least, open ? nil : most)
    }

    private mutating func number() -> Int? {
        let start = offset
        while offset < scalars.count, (0x30...0x39).contains(scalars[offset]), offset - start < 5 { offset += 1 }
        return Int(text(start, offset))
    }

    private mutating func atom() throws(PatternProblem) -> PatternNode? {
        let start = offset
        let scalar = scalars[offset]
        offset += 1
        switch Unicode.Scalar(scalar) {
        case "(": return try group(start)
        case "[": return .set(try set(start))
        case ".": return .any(exceptNewline: !flags.dotMatchesNewline)
        case "^": return .assertion(flags.multiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.multiline ? .lineEnd : .textEnd)
        case "\\": return try escape(start)
        case "*", "+", "?":
            throw PatternProblem("repetition", "missing argument to repetition operator: `\(text(start, offset))`")
        case "{":
            offset = start
            if try quantifier() != nil {
                throw PatternProblem("repetition", "missing argument to repetition operator: `\(text(start, offset))`")
            }
            offset = start + 1
            return .scalar(scalar, folded: false)
        default: return .scalar(flags.folded ? ScalarSet.fold(scalar) : scalar, folded: flags.folded)
        }
    }

    private mutating func group(_ start: Int) throws(PatternProblem) -> PatternNode? {
        let outer = flags
        var index: Int?
        if take("?") {
            if peek("P") && peek("<", 1) || peek("<") {
                offset += peek("P") ? 2 : 1
                let nameStart = offset
                while offset < scalars.count, !peek(">") { offset += 1 }
                guard offset < scalars.count, offset > nameStart else {
                    throw PatternProblem("group-name", "invalid named capture: `\(text(start, offset))`")
                }
                groupCount += 1
                groupNames[text(nameStart, offset)] = groupCount
                index = groupCount
                offset += 1
            } else if try !flagList(start) {
                return nil
            }
        } else {
            groupCount += 1
            index = groupCount
        }
        depth += 1
        if depth > 200 { throw PatternProblem("nesting", "expression nests too deeply") }
        let inside = try alternation()
        depth -= 1
        guard take(")") else { throw PatternProblem("parenthesis", "missing closing ): `\(text(0))`") }
        flags = outer
        return .group(inside, index: index)
    }

    /// Reads `i-s:`; true where a group follows, false where the flags hold for the rest of the enclosing group.
    private mutating func flagList(_ start: Int) throws(PatternProblem) -> Bool {
        var value = true
        while offset < scalars.count {
            let scalar = scalars[offset]
            offset += 1
            switch Unicode.Scalar(scalar) {
            case "i": flags.folded = value
            case "m": flags.multiline = value
            case "s": flags.dotMatchesNewline = value
            case "U": flags.swapsGreed = value
            case "-" where value: value = false
            case ":": return true
            case ")": return false
            default:
                throw PatternProblem("group", "invalid or unsupported Perl syntax: `\(text(start, offset))`")
            }
        }
        throw PatternProblem("parenthesis", "missing closing ): `\(text(0))`")
    }
}
