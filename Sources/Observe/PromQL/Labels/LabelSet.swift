/// The labels of one series, sorted by name, without empty values.
///
/// All names and values stand in one buffer (length, bytes, length, bytes …), so that a set is one allocation, equality is
/// a comparison of memory, and a store can hand out its own copy without converting anything.
package struct LabelSet: Sendable {
    /// The encoded form: for each label the name and the value, each as a length and UTF-8. A length is one byte, or 255
    /// followed by three bytes, little endian.
    package let bytes: [UInt8]

    package static let empty = LabelSet(encoded: [])

    /// Takes bytes in the encoded form. They must be sorted by name and well formed.
    package init(encoded bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Sorts, drops empty values; of a name given twice the last wins.
    package init(_ pairs: some Sequence<(String, String)>) {
        var builder = LabelSetBuilder()
        for (name, value) in pairs { builder.set(name, value) }
        self = builder.build()
    }

    package var isEmpty: Bool { bytes.isEmpty }

    /// The value of a label, or nil where the set has none of that name.
    package subscript(_ name: String) -> String? {
        value(of: Array(name.utf8)).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    /// `__name__`, or the empty string.
    package var metricName: String { value(of: LabelName.metric).map { string($0) } ?? "" }

    /// Names and values in order.
    package var pairs: [(name: String, value: String)] {
        entries.map { (string($0.name), string($0.value)) }
    }

    /// Where the value of a label stands in `bytes`.
    package func value(of name: [UInt8]) -> Range<Int>? {
        for entry in entries {
            if equal(entry.name, name) { return entry.value }
        }
        return nil
    }

    package func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    package var entries: Entries { Entries(bytes: bytes) }

    private func equal(_ range: Range<Int>, _ name: [UInt8]) -> Bool {
        range.count == name.count && bytes[range].elementsEqual(name)
    }
}

extension LabelSet {
    /// Where one label stands in the encoded bytes.
    package struct Entry: Sendable {
        package let name: Range<Int>
        package let value: Range<Int>
        /// The whole label with its lengths.
        package let whole: Range<Int>
    }

    /// The labels of a set, in order.
    package struct Entries: Sequence, IteratorProtocol, Sendable {
        let bytes: [UInt8]
        var offset = 0

        package mutating func next() -> Entry? {
            guard offset < bytes.count else { return nil }
            let start = offset
            let name = field()
            let value = field()
            return Entry(name: name, value: value, whole: start..<offset)
        }

        private mutating func field() -> Range<Int> {
            var length = Int(bytes[offset])
            offset += 1
            if length == 255 {
                length = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
                offset += 3
            }
            defer { offset += length }
            return offset..<offset + length
        }
    }
}

extension LabelSet: Hashable {
    package static func == (left: LabelSet, right: LabelSet) -> Bool { left.bytes == right.bytes }

    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension LabelSet: Comparable {
    /// By names and values in turn; of two sets that agree as far as the shorter goes, the shorter is first.
    package static func < (left: LabelSet, right: LabelSet) -> Bool {
        var others = right.entries
        for entry in left.entries {
            guard let other = others.next() else { return false }
            for (mine, its) in [(entry.name, other.name), (entry.value, other.value)] {
                if left.bytes[mine].lexicographicallyPrecedes(right.bytes[its]) { return true }
                if right.bytes[its].lexicographicallyPrecedes(left.bytes[mine]) { return false }
            }
        }
        return others.next() != nil
    }
}

extension LabelSet: CustomStringConvertible {
    /// `{__name__="up", job="node"}`
    package var description: String {
        "{" + pairs.map { LabelName.quoted($0.name) + "=" + Quoting.quote($0.value) }.joined(separator: ", ") + "}"
    }
}
