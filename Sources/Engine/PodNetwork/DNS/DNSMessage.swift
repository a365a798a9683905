/// The parts of a DNS message (RFC 1035 §4) that a server of cluster names reads and writes.
enum DNSMessage {
    static let headerLength = 12

    /// Record types.
    enum RecordType {
        static let a: UInt16 = 1
        static let cname: UInt16 = 5
        static let soa: UInt16 = 6
        static let ptr: UInt16 = 12
        static let aaaa: UInt16 = 28
        static let srv: UInt16 = 33
        static let opt: UInt16 = 41
        static let any: UInt16 = 255
    }

    /// What the header's last four bits of flags say.
    enum ResponseCode: UInt16 {
        case noError = 0
        case formatError = 1
        case serverFailure = 2
        case nameError = 3
        case notImplemented = 4
        case refused = 5
    }
}

/// A question as a client sent it.
struct DNSQuery: Sendable, Equatable {
    let id: UInt16
    let opcode: UInt16
    let recursionDesired: Bool
    let name: DNSName
    let type: UInt16
    let classCode: UInt16
    /// The question section as it came: an answer repeats it byte for byte, letter case included.
    let questionBytes: [UInt8]
    /// The largest answer that the client takes in a datagram; nil without EDNS (RFC 6891).
    let datagramSize: Int?

    /// Nil where the message isn't a query with one question.
    static func parse(_ message: [UInt8]) -> DNSQuery? {
        guard message.count >= DNSMessage.headerLength else { return nil }
        func word(_ offset: Int) -> UInt16 { UInt16(message[offset]) << 8 | UInt16(message[offset + 1]) }
        let flags = word(2)
        guard flags & 0x8000 == 0, word(4) == 1 else { return nil }
        var offset = DNSMessage.headerLength
        guard let name = DNSName.read(message, at: &offset), offset + 4 <= message.count else { return nil }
        let type = word(offset)
        let classCode = word(offset + 2)
        let question = Array(message[DNSMessage.headerLength..<(offset + 4)])
        offset += 4
        var size: Int?
        for _ in 0..<(Int(word(6)) + Int(word(8)) + Int(word(10))) {
            guard DNSName.read(message, at: &offset) != nil, offset + 10 <= message.count else { break }
            if word(offset) == DNSMessage.RecordType.opt { size = max(512, Int(word(offset + 2))) }
            offset += 10 + Int(word(offset + 8))
            guard offset <= message.count else { break }
        }
        return DNSQuery(
            id: word(0), opcode: flags >> 11 & 0xF, recursionDesired: flags & 0x100 != 0, name: name, type: type,
            classCode: classCode, questionBytes: question, datagramSize: size)
    }

    /// A query of one's own, for another server.
    static func bytes(id: UInt16, name: DNSName, type: UInt16) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in [id, 0x0100, 1, 0, 0, 0] as [UInt16] { bytes.append(word) }
        bytes += name.bytes
        bytes.append(type)
        bytes.append(UInt16(1))
        return bytes
    }
}

extension [UInt8] {
    /// In network order.
    mutating func append(_ word: UInt16) {
        append(UInt8(truncatingIfNeeded: word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }

    /// In network order.
    mutating func append(_ number: UInt32) {
        append(UInt16(truncatingIfNeeded: number >> 16))
        append(UInt16(truncatingIfNeeded: number))
    }
}
