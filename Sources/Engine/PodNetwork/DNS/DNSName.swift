/// A domain name as a list of labels in lower case, without the root's empty label (RFC 1035 §3.1).
struct DNSName: Sendable, Hashable, CustomStringConvertible {
    var labels: [String]

    init(labels: [String]) { self.labels = labels }

    /// `a.b.c`, with or without the last dot.
    init(_ text: String) { labels = text.lowercased().split(separator: ".").map(String.init) }

    var description: String { labels.joined(separator: ".") }

    func isInside(_ zone: DNSName) -> Bool {
        labels.count >= zone.labels.count && labels.suffix(zone.labels.count) == zone.labels[...]
    }

    /// Length-prefixed labels and the root.
    var bytes: [UInt8] { labels.flatMap { [UInt8(truncatingIfNeeded: $0.utf8.count)] + Array($0.utf8) } + [0] }

    /// Reads a name at `offset`, following compression pointers, and moves `offset` behind it. Nil for a malformed name.
    static func read(_ message: [UInt8], at offset: inout Int) -> DNSName? {
        var labels: [String] = []
        var position = offset
        var end: Int?
        var jumps = 0
        while true {
            guard position < message.count else { return nil }
            let length = Int(message[position])
            switch length {
            case 0:
                offset = end ?? position + 1
                return DNSName(labels: labels)
            case 1...63:
                guard position + 1 + length <= message.count, labels.count < 128 else { return nil }
                labels.append(
                    String(decoding: message[(position + 1)...(position + length)], as: UTF8.self).lowercased())
                position += 1 + length
            case 0xC0...0xFF:
                guard position + 1 < message.count, jumps < 32 else { return nil }
                if end == nil { end = position + 2 }
                position = (length & 0x3F) << 8 | Int(message[position + 1])
                jumps += 1
            default: return nil
            }
        }
    }
}
