import FoundationEssentials
import Synchronization

/// Replaces secrets by `***`: the values, each line of those with several, and their base64 and JSON forms.
package final class Masker: Sendable {
    private let needles: Mutex<[[UInt8]]>

    package init(_ secrets: some Sequence<String>) {
        var forms: Set<[UInt8]> = []
        for secret in secrets { forms.formUnion(Self.forms(of: secret)) }
        needles = Mutex(Self.sorted(forms))
    }

    /// Masks this value from now on.
    package func add(_ secret: String) {
        let forms = Self.forms(of: secret)
        needles.withLock { $0 = Self.sorted(forms.union($0)) }
    }

    package func mask(_ text: String) -> String {
        let needles = needles.withLock { $0 }
        if needles.isEmpty { return text }
        let bytes = Array(text.utf8)
        var hidden: [Range<Int>] = []
        for needle in needles where needle.count <= bytes.count {
            var index = 0
            while let found = Self.find(needle, in: bytes, from: index) {
                hidden.append(found..<found + needle.count)
                index = found + 1
            }
        }
        if hidden.isEmpty { return text }
        var out: [UInt8] = []
        var position = 0
        for range in hidden.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.upperBound <= position { continue }
            if range.lowerBound > position || position == 0 {
                out += bytes[position..<max(position, range.lowerBound)]
                out += "***".utf8
            }
            position = range.upperBound
        }
        out += bytes[position...]
        return String(decoding: out, as: UTF8.self)
    }

    private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard let first = needle.first, start + needle.count <= bytes.count else { return nil }
        var index = start
        while index + needle.count <= bytes.count {
            if bytes[index] == first, bytes[index..<index + needle.count].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }

    private static func sorted(_ forms: Set<[UInt8]>) -> [[UInt8]] {
        forms.sorted { $0.count == $1.count ? $0.lexicographicallyPrecedes($1) : $0.count > $1.count }
    }

    /// Parts shorter than this are not hidden on their own, or every log would be full of stars.
    private static let shortest = 3

    static func forms(of secret: String) -> Set<[UInt8]> {
        let whole = Array(secret.utf8)
        guard whole.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else { return [] }
        var forms: Set<[UInt8]> = [whole]
        for line in secret.split(whereSeparator: \.isNewline) {
            let trimmed = line.drop { $0 == " " }
            if trimmed.utf8.count >= shortest { forms.insert(Array(trimmed.utf8)) }
        }
        forms.insert(
            Array(secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n").utf8))
        // A secret inside a longer text that is encoded starts at one of three positions.
        for shift in 0..<3 where whole.count >= 6 {
            let padded = [UInt8](repeating: 0, count: shift) + whole
            let usable = padded.count / 3 * 3
            let encoded = Array(Data(padded[..<usable]).base64EncodedString().utf8).dropFirst(shift == 0 ? 0 : 4)
            if encoded.count >= 8 { forms.insert(Array(encoded)) }
        }
        if whole.count >= shortest { forms.insert(Array(Data(whole).base64EncodedString().utf8)) }
        return forms
    }
}
