/// The `fieldSelector` of a request: `metadata.name=x,status.phase!=Failed`. An empty value matches an absent field.
package struct FieldQuery: Sendable, Equatable {
    /// One comparison of one field.
    package struct Requirement: Sendable, Equatable {
        package let field: String
        package let value: String
        package let isEqual: Bool
    }

    package let requirements: [Requirement]

    package init() { requirements = [] }

    /// An empty text selects everything. `\,` and `\=` stand for themselves in values.
    package init(_ text: String) throws(SelectorProblem) {
        var all: [Requirement] = []
        for part in Self.split(text) where !part.isEmpty {
            guard let mark = part.firstIndex(of: UInt8(ascii: "=")), mark > part.startIndex else {
                throw .malformed(selector: text, why: "\"=\", \"==\" or \"!=\" is expected")
            }
            let isEqual = part[mark - 1] != UInt8(ascii: "!")
            var value = mark + 1
            if isEqual, value < part.endIndex, part[value] == UInt8(ascii: "=") { value += 1 }
            all.append(
                Requirement(
                    field: String(decoding: part[..<(isEqual ? mark : mark - 1)], as: UTF8.self),
                    value: Self.unescape(part[value...]), isEqual: isEqual))
        }
        requirements = all
    }

    package var isEmpty: Bool { requirements.isEmpty }

    /// The value that `field` must equal, where the query says so.
    package func required(_ field: String) -> String? {
        requirements.first { $0.field == field && $0.isEqual }?.value
    }

    /// Whether an object matches, given the text of each of its fields.
    package func matches(_ text: (String) -> String) -> Bool {
        requirements.allSatisfy { (text($0.field) == $0.value) == $0.isEqual }
    }

    private static func split(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\\") {
                index += 1
            } else if bytes[index] == UInt8(ascii: ",") {
                parts.append(bytes[start..<index])
                start = index + 1
            }
            index += 1
        }
        parts.append(bytes[start...])
        return parts
    }

    private static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        var isEscape = false
        for byte in bytes {
            if byte == UInt8(ascii: "\\"), !isEscape {
                isEscape = true
                continue
            }
            isEscape = false
            out.append(byte)
        }
        return String(decoding: out, as: UTF8.self)
    }
}
