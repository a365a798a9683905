import Syntax

/// Replaces variables and takes quotes away, as the Dockerfile reference § Environment replacement says.
struct Expansion {
    let source: SourceText
    let escape: UInt8
    /// The value of a variable; nil if it is not set.
    let lookup: (String) -> String?

    /// One word.
    func expand(_ word: Word) throws -> String {
        var reader = ExpansionReader(
            text: Array(word.text.utf8), escape: escape, keepsQuotes: false, lookup: lookup,
            fail: { [source] summary, remedy in
                Diagnostic("images.dockerfile.variable", summary, at: source.location(word.range), remedy: remedy)
            })
        return try reader.all()
    }

    /// A word that may become several, for example `EXPOSE $PORTS`.
    func words(_ word: Word) throws -> [String] {
        try expand(word).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A text in which quotes are ordinary characters: the content of a here-document.
    func text(_ text: String, range: Range<Int>) throws -> String {
        var reader = ExpansionReader(
            text: Array(text.utf8), escape: escape, keepsQuotes: true, lookup: lookup,
            fail: { [source] summary, remedy in
                Diagnostic("images.dockerfile.variable", summary, at: source.location(range), remedy: remedy)
            })
        return try reader.all()
    }
}

/// The reading of one word.
private struct ExpansionReader {
    let text: [UInt8]
    let escape: UInt8
    let keepsQuotes: Bool
    let lookup: (String) -> String?
    let fail: (_ summary: String, _ remedy: String) -> Diagnostic
    var index = 0

    mutating func all() throws -> String {
        String(decoding: try read(until: nil), as: UTF8.self)
    }

    private mutating func read(until end: UInt8?) throws -> [UInt8] {
        var out: [UInt8] = []
        while index < text.count {
            let byte = text[index]
            if byte == end { return out }
            switch byte {
            case UInt8(ascii: "'") where !keepsQuotes:
                guard let close = text[(index + 1)...].firstIndex(of: byte) else {
                    throw fail("a single quote is not closed", "Add a closing quote, or escape it.")
                }
                out += text[(index + 1)..<close]
                index = close + 1
            case UInt8(ascii: "\"") where !keepsQuotes:
                index += 1
                out += try quoted()
            case escape:
                if index + 1 < text.count {
                    if keepsQuotes && text[index + 1] != UInt8(ascii: "$") && text[index + 1] != escape {
                        out.append(byte)
                    }
                    out.append(text[index + 1])
                    index += 2
                } else {
                    out.append(byte)
                    index += 1
                }
            case UInt8(ascii: "$"): out += try variable()
            default:
                out.append(byte)
                index += 1
            }
        }
        if end != nil { throw fail("a ${ is not closed", "Add the closing brace.") }
        return out
    }

    private mutating func quoted() throws -> [UInt8] {
        var out: [UInt8] = []
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return out
            case escape:
                let next = index + 1 < text.count ? text[index + 1] : 0
                if next == UInt8(ascii: "\"") || next == UInt8(ascii: "$") || next == escape {
                    out.append(next)
                    index += 2
                } else {
                    out.append(byte)
                    index += 1
                }
            case UInt8(ascii: "$"): out += try variable()
            default:
                out.append(byte)
                index += 1
            }
        }
        throw fail("a double quote is not closed", "Add a closing quote, or escape it.")
    }

    private mutating func variable() throws -> [UInt8] {
        index += 1
        guard index < text.count else { return [UInt8(ascii: "$")] }
        if text[index] == UInt8(ascii: "{") {
            index += 1
            return try braced()
        }
        let start = index
        if text[index].isASCIIDigit {
            index += 1
        } else {
            while index < text.count, text[index].isASCIIWord { index += 1 }
        }
        if start == index { return [UInt8(ascii: "$")] }
        return Array((lookup(String(decoding: text[start..<index], as: UTF8.self)) ?? "").utf8)
    }

    private mutating func braced() throws -> [UInt8] {
        let start = index
        while index < text.count, text[index].isASCIIWord { index += 1 }
        let name = String(decoding: text[start..<index], as: UTF8.self)
        guard !name.isEmpty else { throw fail("a variable has no name", "Write ${NAME}, or \\$ for a dollar sign.") }
        let value = lookup(name)
        guard index < text.count else { throw fail("a ${ is not closed", "Add the closing brace.") }
        let brace = UInt8(ascii: "}")
        var countsEmpty = false
        if text[index] == UInt8(ascii: ":") {
            countsEmpty = true
            index += 1
        }
        let operation = index < text.count ? text[index] : 0
        index += 1
        if operation == brace && !countsEmpty { return Array((value ?? "").utf8) }
        guard [UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(operation) else {
            throw fail(
                "${\(name)…} has an operator that is not supported",
                "Use ${\(name)}, ${\(name):-default}, ${\(name):+other} or ${\(name):?message}.")
        }
        let word = try read(until: brace)
        index += 1
        let isSet = value != nil && !(countsEmpty && value == "")
        switch operation {
        case UInt8(ascii: "-"): return isSet ? Array((value ?? "").utf8) : word
        case UInt8(ascii: "+"): return isSet ? word : []
        default:
            if isSet { return Array((value ?? "").utf8) }
            let message = String(decoding: word, as: UTF8.self)
            throw fail(
                "\(name) is not set" + (message.isEmpty ? "" : ": \(message)"), "Set it with --build-arg \(name)=VALUE."
            )
        }
    }
}
