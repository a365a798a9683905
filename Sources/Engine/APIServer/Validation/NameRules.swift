import Kube

/// Which names objects may have.
enum NameRules {
    static func fault(_ name: String, _ rule: NameRule) -> FieldFault? {
        let isGood =
            switch rule {
            case .subdomain:
                name.utf8.count <= 253
                    && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
            case .label: name.utf8.count <= 63 && isLabel(name[...])
            case .serviceLabel: name.utf8.count <= 63 && isLabel(name[...]) && !(name.utf8.first.map(isDigit) ?? true)
            }
        if isGood { return nil }
        let why =
            switch rule {
            case .subdomain:
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
                    + "and must start and end with an alphanumeric character"
            case .label:
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
                    + "and must start and end with an alphanumeric character"
            case .serviceLabel:
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
                    + "character, and end with an alphanumeric character"
            }
        return .invalid("metadata.name", .string(name), why)
    }

    static func isLabel(_ text: Substring) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }

    /// What labels may hold: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
    static func isLabelValue(_ text: String) -> Bool {
        let bytes = text.utf8
        guard let first = bytes.first, let last = bytes.last else { return true }
        return bytes.count <= 63 && isWord(first) && isWord(last)
            && bytes.allSatisfy {
                isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
            }
    }

    /// A label's key: a name, with an optional DNS subdomain and `/` before it.
    static func isLabelKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1: return !text.isEmpty && isLabelValue(text)
        case 2:
            return !parts[1].isEmpty && isLabelValue(String(parts[1])) && parts[0].utf8.count <= 253
                && parts[0].split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
        default: return false
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (byte >= 0x61 && byte <= 0x7A) }
    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || (byte >= 0x41 && byte <= 0x5A) }
}
