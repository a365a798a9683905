import Syntax

/// `8080`, `53/udp`, `8000-8010`.
enum ExposedPorts {
    static func parse(_ text: String, _ word: Word, _ source: SourceText) throws -> [String] {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let transport = parts.count > 1 ? parts[1].lowercased() : "tcp"
        let bounds = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false).map {
            UInt16($0) ?? 0
        }
        guard ["tcp", "udp", "sctp"].contains(transport), let first = bounds.first, let last = bounds.last, first > 0,
            first <= last
        else {
            throw Diagnostic(
                "images.dockerfile.port", "\"\(text)\" is not a port", at: source.location(word.range),
                remedy: "Write it as 8080, 53/udp or 8000-8010.")
        }
        return (first...last).map { "\($0)/\(transport)" }
    }
}
