/// The lexical rules of the parts of a reference (OCI distribution-spec v1.1 § Pull).
extension ImageReference {
    typealias Refusal = (_ why: String, _ next: String) -> OCIProblem

    /// Whether the text may name a repository: `[a-z0-9]+((.|_|__|-+)[a-z0-9]+)*(/…)*`, at most 255 bytes.
    package static func isRepository(_ text: some StringProtocol) -> Bool {
        text.utf8.count <= 255 && !text.isEmpty
            && Substring(text).split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                isPathComponent($0)
            }
    }

    /// Whether the text may be a tag: `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`.
    package static func isTag(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return isWord(first)
            && text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    static func check(tag: String, in refuse: Refusal) throws(OCIProblem) {
        if tag.isEmpty {
            throw refuse("the tag after the colon is empty", "Write a tag after the colon, or leave the colon out.")
        }
        guard isTag(tag) else {
            throw refuse(
                tag.utf8.count > 128
                    ? "the tag is longer than 128 characters"
                    : "the tag \"\(tag)\" holds a character that tags can't have",
                "Use letters, digits, \".\", \"_\" and \"-\", beginning with a letter, digit or \"_\".")
        }
    }

    static func check(registry: Substring, in refuse: Refusal) throws(OCIProblem) {
        let parts = registry.split(separator: ":", omittingEmptySubsequences: false)
        let host = parts[0]
        let hostIsFine = !host.isEmpty && host.utf8.allSatisfy { isAlphanumeric($0 | 0x20) || $0 == 0x2D || $0 == 0x2E }
        let portIsFine = parts.count == 1 || (parts.count == 2 && (UInt16(parts[1]) ?? 0) > 0)
        guard hostIsFine && portIsFine else {
            throw refuse("\"\(registry)\" is not a registry's host and port", "Write it as registry.example:5000.")
        }
    }

    static func check(repository: Substring, in refuse: Refusal) throws(OCIProblem) {
        guard repository.utf8.count <= 255 else {
            throw refuse("the repository is longer than 255 characters", "Choose a shorter name.")
        }
        if repository.contains(where: \.isUppercase) {
            throw refuse("the repository \"\(repository)\" has upper-case letters", "Write \(repository.lowercased()).")
        }
        for part in repository.split(separator: "/", omittingEmptySubsequences: false) where !isPathComponent(part) {
            throw refuse(
                part.isEmpty
                    ? "a component between slashes is empty" : "\"\(part)\" can't be a part of a repository's name",
                "Use lower-case letters and digits, separated by \".\", \"_\", \"__\" or \"-\".")
        }
    }

    private static func isPathComponent(_ text: Substring) -> Bool {
        var separator: [UInt8] = []
        var sawAlphanumeric = false
        for byte in text.utf8 {
            if isAlphanumeric(byte) {
                if !separator.isEmpty && (!sawAlphanumeric || !isSeparator(separator)) { return false }
                separator = []
                sawAlphanumeric = true
            } else {
                separator.append(byte)
            }
        }
        return sawAlphanumeric && separator.isEmpty
    }

    private static func isSeparator(_ bytes: [UInt8]) -> Bool {
        switch bytes {
        case [UInt8(ascii: ".")], [UInt8(ascii: "_")], [UInt8(ascii: "_"), UInt8(ascii: "_")]: true
        default: bytes.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
    }
}
