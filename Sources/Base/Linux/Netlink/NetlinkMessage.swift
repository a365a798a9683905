/// A netlink request in the making: header, family header and attributes in the host's byte order, as the kernel
/// reads them (rtnetlink(7)).
struct NetlinkMessage {
    private(set) var bytes: [UInt8]

    /// - Parameters:
    ///   - type: such as `RTM_NEWLINK`.
    ///   - flags: beside `NLM_F_REQUEST | NLM_F_ACK`, which are always set.
    init(type: UInt16, flags: UInt16 = 0) {
        bytes = []
        append(UInt32(0))  // length, set when the message is sent
        append(type)
        append(flags | 0x1 | 0x4)
        append(UInt32(0))  // sequence number
        append(UInt32(0))  // port
    }

    mutating func append<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func attribute(_ type: Int, _ payload: [UInt8]) {
        append(UInt16(4 + payload.count))
        append(UInt16(truncatingIfNeeded: type))
        bytes += payload
        pad()
    }

    mutating func attribute(_ type: Int, _ text: String) { attribute(type, Array(text.utf8) + [0]) }

    mutating func attribute(_ type: Int, _ value: UInt32) {
        attribute(type, withUnsafeBytes(of: value) { Array($0) })
    }

    /// An attribute that holds what `build` appends.
    mutating func nested(_ type: Int, _ build: (inout NetlinkMessage) -> Void) {
        let start = bytes.count
        append(UInt16(0))
        append(UInt16(truncatingIfNeeded: type))
        build(&self)
        setLength(at: start, UInt16(bytes.count - start))
        pad()
    }

    /// The message as it is sent.
    func finished(sequence: UInt32) -> [UInt8] {
        var message = self
        message.set(UInt32(bytes.count), at: 0)
        message.set(sequence, at: 8)
        return message.bytes
    }

    private mutating func pad() { while bytes.count % 4 != 0 { bytes.append(0) } }
    private mutating func setLength(at offset: Int, _ length: UInt16) { set(length, at: offset) }

    private mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        withUnsafeBytes(of: value) { bytes.replaceSubrange(offset..<(offset + $0.count), with: $0) }
    }
}
