import Problems

/// Escapes and bracketed classes.
extension PatternParser {
    mutating func escape(_ start: Int) throws(PatternProblem) -> PatternNode {
        guard offset < scalars.count else {
            throw PatternProblem("escape", "trailing backslash at end of expression: ``")
        }
        switch Unicode.Scalar(scalars[offset]) {
        case "A": offset += 1; return .assertion(.textStart)
        case "z": offset += 1; return .assertion(.textEnd)
        case "b": offset += 1; return .assertion(.wordBoundary)
        case "B": offset += 1; return .assertion(.noWordBoundary)
        case "Q": offset += 1; return quotedRun()
        default: break
        }
        if let ranges = try classEscape() { return .set(ScalarSet(ranges: ranges)) }
        let scalar = try characterEscape(start)
        return .scalar(flags.folded ? ScalarSet.fold(scalar) : scalar, folded: flags.folded)
    }

    private mutating func quotedRun() -> PatternNode {
        var parts: [PatternNode] = []
        while offset < scalars.count {
            if peek("\\") && peek("E", 1) {
                offset += 2
                break
            }
            parts.append(
                .scalar(flags.folded ? ScalarSet.fold(scalars[offset]) : scalars[offset], folded: flags.folded))
            offset += 1
        }
        return .sequence(parts)
    }

    /// `\d` and its like, at the character after the backslash.
    private mutating func classEscape() throws(PatternProblem) -> [ClosedRange<UInt32>]? {
        let ranges: [ClosedRange<UInt32>]
        switch Unicode.Scalar(scalars[offset]) {
        case "d": ranges = ScalarSet.digits
        case "D": ranges = ScalarSet.complement(ScalarSet.digits)
        case "w": ranges = ScalarSet.words
        case "W": ranges = ScalarSet.complement(ScalarSet.words)
        case "s": ranges = ScalarSet.spaces
        case "S": ranges = ScalarSet.complement(ScalarSet.spaces)
        case "p", "P":
            throw PatternProblem(
                "unicode-class", "Unicode character classes are not supported: `\(text(offset - 1))`",
                category: .unsupported)
        default: return nil
        }
        offset += 1
        return ranges
    }

    private mutating func characterEscape(_ start: Int) throws(PatternProblem) -> UInt32 {
        let scalar = scalars[offset]
        offset += 1
        switch Unicode.Scalar(scalar) {
        case "n": return 0x0A
        case "t": return 0x09
        case "r": return 0x0D
        case "f": return 0x0C
        case "v": return 0x0B
        case "a": return 0x07
        case "x": return try hexadecimal(start)
        case "0":
            var end = offset
            while end < scalars.count, end < offset + 2, (0x30...0x37).contains(scalars[end]) { end += 1 }
            defer { offset = end }
            return UInt32(text(offset, end), radix: 8) ?? 0
        default:
            let isWord = scalar < 0x80 && Lexing.isWord(UInt8(scalar)) && scalar != 0x5F
            if isWord || scalar >= 0x80 {
                throw PatternProblem("escape", "invalid escape sequence: `\(text(start, offset))`")
            }
            return scalar
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(PatternProblem) -> UInt32 {
        var end = offset
        if peek("{") {
            offset += 1
            end = offset
            while end < scalars.count, scalars[end] != 0x7D { end += 1 }
        } else {
            end = min(offset + 2, scalars.count)
        }
        guard let value = UInt32(text(offset, end), radix: 16), Unicode.Scalar(value) != nil else {
            throw PatternProblem("escape", "invalid escape sequence: `\(text(start, min(end + 1, scalars.count)))`")
        }
        offset = end < scalars.count && scalars[end] == 0x7D && scalars[offset - 1] == 0x7B ? end + 1 : end
        return value
    }

    /// The inside of `[...]`, after the opening bracket.
    mutating func set(_ start: Int) throws(PatternProblem) -> ScalarSet {
        var set = ScalarSet(negated: take("^"), folded: flags.folded)
        var isFirst = true
        while true {
            guard offset < scalars.count else { throw PatternProblem("class", "missing closing ]: `\(text(start))`") }
            if peek("]") && !isFirst { break }
            isFirst = false
            if peek("[") && peek(":", 1), let named = try namedClass() {
                set.ranges += named
                continue
            }
            let itemStart = offset
            guard let low = try setItem(&set) else { continue }
            guard peek("-"), !peek("]", 1), offset + 1 < scalars.count else {
                set.ranges.append(low...low)
                continue
            }
            offset += 1
            guard let high = try setItem(&set), high >= low else {
                throw PatternProblem("class", "invalid character class range: `\(text(itemStart, offset))`")
            }
            set.ranges.append(low...high)
        }
        offset += 1
        return set
    }

    /// One character, or nil where the item was a class that has been added.
    private mutating func setItem(_ set: inout ScalarSet) throws(PatternProblem) -> UInt32? {
        let start = offset
        let scalar = scalars[offset]
        offset += 1
        guard scalar == 0x5C else { return scalar }
        guard offset < scalars.count else { throw PatternProblem("class", "missing closing ]: `\(text(start))`") }
        if let ranges = try classEscape() {
            set.ranges += ranges
            return nil
        }
        return try characterEscape(start)
    }

    private mutating func namedClass() throws(PatternProblem) -> [ClosedRange<UInt32>]? {
        var end = offset + 2
        while end + 1 < scalars.count, !(scalars[end] == 0x3A && scalars[end + 1] == 0x5D) { end += 1 }
        guard end + 1 < scalars.count else { return nil }
        var name = text(offset + 2, end)
        let negated = name.hasPrefix("^")
        if negated { name.removeFirst() }
        guard let ranges = ScalarSet.named[name] else {
            throw PatternProblem("class", "invalid character class range: `\(text(offset, end + 2))`")
        }
        offset = end + 2
        return negated ? ScalarSet.complement(ranges) : ranges
    }
}
