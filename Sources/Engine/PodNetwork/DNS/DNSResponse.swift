/// An answer to a query.
struct DNSResponse: Sendable, Equatable {
    var code: DNSMessage.ResponseCode
    var answers: [DNSRecord] = []
    var authority: [DNSRecord] = []
    var additional: [DNSRecord] = []
    /// Whether this server owns the name.
    var isAuthoritative = true

    /// The message, cut to `limit` bytes: where records don't fit it has none and says that it is truncated, so the client
    /// asks again by TCP.
    func bytes(for query: DNSQuery, limit: Int) -> [UInt8] {
        let whole = bytes(for: query, truncated: false)
        return whole.count <= limit ? whole : bytes(for: query, truncated: true)
    }

    private func bytes(for query: DNSQuery, truncated: Bool) -> [UInt8] {
        var flags: UInt16 = 0x8080 | query.opcode << 11 | code.rawValue
        if isAuthoritative { flags |= 0x0400 }
        if query.recursionDesired { flags |= 0x0100 }
        if truncated { flags |= 0x0200 }
        let sections = truncated ? [[], [], []] : [answers, authority, additional]
        let hasOptions = query.datagramSize != nil
        var bytes: [UInt8] = []
        bytes.append(query.id)
        bytes.append(flags)
        bytes.append(UInt16(1))
        for section in sections.dropLast() { bytes.append(UInt16(section.count)) }
        bytes.append(UInt16((sections.last?.count ?? 0) + (hasOptions ? 1 : 0)))
        bytes += query.questionBytes
        for record in sections.joined() { bytes += record.bytes }
        if hasOptions {
            bytes.append(UInt8(0))
            bytes.append(DNSMessage.RecordType.opt)
            bytes.append(UInt16(1232))
            bytes.append(UInt32(0))
            bytes.append(UInt16(0))
        }
        return bytes
    }

    /// A bare answer to something that isn't a proper query; nil where even the identifier is missing.
    static func formatError(_ message: [UInt8]) -> [UInt8]? {
        guard message.count >= 3, message[2] & 0x80 == 0 else { return nil }
        return [message[0], message[1], 0x80, UInt8(DNSMessage.ResponseCode.formatError.rawValue)]
            + Array(repeating: 0, count: 8)
    }
}
