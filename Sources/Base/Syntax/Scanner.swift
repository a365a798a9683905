/// Walks over the bytes of a text. Languages build their lexers on it.
package struct Scanner: Sendable {
    package let text: SourceText
    package private(set) var offset: Int
    package let end: Int

    package init(_ text: SourceText, in range: Range<Int>? = nil) {
        self.text = text
        let range = (range ?? 0..<text.utf8.count).clamped(to: 0..<text.utf8.count)
        offset = range.lowerBound
        end = range.upperBound
    }

    package var isAtEnd: Bool { offset >= end }

    package var current: UInt8? { offset < end ? text.utf8[offset] : nil }

    /// The byte `distance` after the current one.
    package func peek(_ distance: Int = 1) -> UInt8? {
        let index = offset + distance
        return index >= 0 && index < end ? text.utf8[index] : nil
    }

    @discardableResult
    package mutating func advance(_ count: Int = 1) -> UInt8? {
        let byte = current
        offset = min(end, offset + count)
        return byte
    }

    package mutating func skip(while condition: (UInt8) -> Bool) {
        while let byte = current, condition(byte) { offset += 1 }
    }

    /// The longest run of bytes for which the condition holds, possibly empty.
    package mutating func take(while condition: (UInt8) -> Bool) -> Range<Int> {
        let start = offset
        skip(while: condition)
        return start..<offset
    }

    /// Consumes `word` if it stands here.
    package mutating func take(_ word: StaticString) -> Bool {
        let matches = word.withUTF8Buffer { buffer in
            offset + buffer.count <= end && text.utf8[offset..<offset + buffer.count].elementsEqual(buffer)
        }
        if matches { offset += word.utf8CodeUnitCount }
        return matches
    }

    package mutating func move(to newOffset: Int) {
        offset = min(max(0, newOffset), end)
    }
}

/// Classes of ASCII bytes that most languages share.
extension UInt8 {
    package var isASCIIDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
    package var isASCIILetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
    package var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
    package var isASCIIHexDigit: Bool { isASCIIDigit || ((self | 0x20) >= 0x61 && (self | 0x20) <= 0x66) }
    /// `[A-Za-z0-9_]`
    package var isASCIIWord: Bool { isASCIIDigit || isASCIILetter || self == UInt8(ascii: "_") }
}
