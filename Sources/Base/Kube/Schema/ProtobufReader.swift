/// Reads the wire format of protobuf (https://protobuf.dev/programming-guides/encoding/).
struct ProtobufReader {
    private let bytes: ArraySlice<UInt8>
    private var position: Int

    /// What stands in a field.
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)
    }

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// The next field, or nil at the end.
    mutating func next() throws(ProtobufProblem) -> (number: Int, value: Value)? {
        guard position < bytes.endIndex else { return nil }
        let tag = try varint()
        let number = Int(truncatingIfNeeded: tag >> 3)
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - position) else { throw .truncated }
            let start = position
            position += Int(length)
            return (number, .bytes(bytes[start..<position]))
        case 5: return (number, .fixed32(UInt32(try fixed(4))))
        default: throw .malformed("wire type \(tag & 7)")
        }
    }

    private mutating func varint() throws(ProtobufProblem) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < bytes.endIndex {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
            if shift > 63 { throw .malformed("a number of more than 64 bits") }
        }
        throw .truncated
    }

    private mutating func fixed(_ width: Int) throws(ProtobufProblem) -> UInt64 {
        guard position + width <= bytes.endIndex else { throw .truncated }
        var value: UInt64 = 0
        for offset in 0..<width { value |= UInt64(bytes[position + offset]) << UInt64(8 * offset) }
        position += width
        return value
    }
}
