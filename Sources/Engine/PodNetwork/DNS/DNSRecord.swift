/// A resource record of class IN.
struct DNSRecord: Sendable, Hashable {
    var name: DNSName
    var timeToLive: UInt32
    var data: Payload

    enum Payload: Sendable, Hashable {
        case a(IPv4Address)
        case aaaa([UInt8])
        case cname(DNSName)
        case ptr(DNSName)
        case srv(port: UInt16, target: DNSName)
        case soa(serial: UInt32, minimum: UInt32)
    }

    init(_ name: DNSName, _ data: Payload, timeToLive: UInt32 = 5) {
        self.name = name
        self.data = data
        self.timeToLive = timeToLive
    }

    var type: UInt16 {
        switch data {
        case .a: DNSMessage.RecordType.a
        case .aaaa: DNSMessage.RecordType.aaaa
        case .cname: DNSMessage.RecordType.cname
        case .ptr: DNSMessage.RecordType.ptr
        case .srv: DNSMessage.RecordType.srv
        case .soa: DNSMessage.RecordType.soa
        }
    }

    var bytes: [UInt8] {
        var bytes = name.bytes
        bytes.append(type)
        bytes.append(UInt16(1))
        bytes.append(timeToLive)
        let payload = payloadBytes
        bytes.append(UInt16(payload.count))
        return bytes + payload
    }

    private var payloadBytes: [UInt8] {
        switch data {
        case .a(let address): return address.bytes
        case .aaaa(let bytes): return bytes
        case .cname(let name), .ptr(let name): return name.bytes
        case .srv(let port, let target):
            var bytes: [UInt8] = []
            for word in [0, 100, port] { bytes.append(word) }
            return bytes + target.bytes
        case .soa(let serial, let minimum):
            var bytes =
                DNSName(labels: ["ns", "dns"] + name.labels).bytes + DNSName(labels: ["hostmaster"] + name.labels).bytes
            for number in [serial, 7200, 1800, 86400, minimum] { bytes.append(number) }
            return bytes
        }
    }

    /// The address and alias records among the answers of a message from another server.
    static func answers(in message: [UInt8]) -> [DNSRecord] {
        guard message.count >= DNSMessage.headerLength else { return [] }
        func word(_ offset: Int) -> UInt16 { UInt16(message[offset]) << 8 | UInt16(message[offset + 1]) }
        var offset = DNSMessage.headerLength
        for _ in 0..<word(4) {
            guard DNSName.read(message, at: &offset) != nil else { return [] }
            offset += 4
        }
        var records: [DNSRecord] = []
        for _ in 0..<word(6) {
            guard let name = DNSName.read(message, at: &offset), offset + 10 <= message.count else { return records }
            let type = word(offset)
            let life = UInt32(word(offset + 4)) << 16 | UInt32(word(offset + 6))
            let length = Int(word(offset + 8))
            var start = offset + 10
            guard start + length <= message.count else { return records }
            let payload = Array(message[start..<(start + length)])
            offset = start + length
            switch (type, length) {
            case (DNSMessage.RecordType.a, 4):
                let number = payload.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                records.append(DNSRecord(name, .a(IPv4Address(number: number)), timeToLive: life))
            case (DNSMessage.RecordType.aaaa, 16): records.append(DNSRecord(name, .aaaa(payload), timeToLive: life))
            case (DNSMessage.RecordType.cname, _):
                if let target = DNSName.read(message, at: &start) {
                    records.append(DNSRecord(name, .cname(target), timeToLive: life))
                }
            default: break
            }
        }
        return records
    }
}
