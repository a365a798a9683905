import Syntax

/// A logical line: continued lines joined, comments between them left out, with the way back to the source for each byte.
struct DockerfileLine {
    let source: SourceText
    let bytes: [UInt8]
    /// For each byte, its offset in the source.
    let offsets: [Int]
    let heredocs: [Heredoc]
    /// The bytes that end a line early when a heredoc follows are part of `bytes`; this is the instruction's whole extent.
    let range: Range<Int>

    func sourceRange(_ range: Range<Int>) -> Range<Int> {
        guard !offsets.isEmpty else { return self.range.lowerBound..<self.range.lowerBound }
        let start = range.lowerBound < offsets.count ? offsets[range.lowerBound] : (offsets.last ?? 0) + 1
        let end = range.isEmpty ? start : offsets[min(range.upperBound, offsets.count) - 1] + 1
        return start..<max(start, end)
    }

    func string(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    func word(_ range: Range<Int>) -> Word { Word(text: string(range), range: sourceRange(range)) }

    /// In one line, for people.
    var text: String {
        string(0..<bytes.count).split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            .replacing("\n", with: " ")
    }

    func problem(_ code: String, _ summary: String, _ range: Range<Int>, _ remedy: String? = nil) -> Diagnostic {
        Diagnostic("images.dockerfile." + code, summary, at: source.location(sourceRange(range)), remedy: remedy)
    }

    /// Words separated by white space, where quotes and escapes hold a word together. Quotes stay in the words.
    func words(in range: Range<Int>, escape: UInt8) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if bytes[index].isASCIISpace {
                index += 1
                continue
            }
            let start = index
            var quote: UInt8?
            while index < range.upperBound {
                let byte = bytes[index]
                if byte == escape && quote != UInt8(ascii: "'") {
                    index += 1
                } else if let open = quote {
                    if byte == open { quote = nil }
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                    quote = byte
                } else if byte.isASCIISpace {
                    break
                }
                index += 1
            }
            index = min(index, range.upperBound)
            found.append(start..<index)
        }
        return found
    }
}
