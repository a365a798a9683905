/// CRC-32C (RFC 3720 appendix B.4), four bytes at a time.
enum Checksum {
    private static let tables: [[UInt32]] = {
        let polynomial: UInt32 = 0x82F6_3B78
        var first: [UInt32] = []
        for index in 0..<256 as Range<UInt32> {
            var value = index
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            first.append(value)
        }
        var tables = [first]
        for index in 1..<4 { tables.append(tables[index - 1].map { $0 >> 8 ^ first[Int($0 & 0xFF)] }) }
        return tables
    }()

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let (t0, t1, t2, t3) = (tables[0], tables[1], tables[2], tables[3])
        var value: UInt32 = 0xFFFF_FFFF
        var index = 0
        while index + 4 <= bytes.count {
            value ^= UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt32.self))
            let high = t1[Int(value >> 16 & 0xFF)] ^ t0[Int(value >> 24)]
            value = t3[Int(value & 0xFF)] ^ t2[Int(value >> 8 & 0xFF)] ^ high
            index += 4
        }
        while index < bytes.count {
            value = value >> 8 ^ t0[Int((value ^ UInt32(bytes[index])) & 0xFF)]
            index += 1
        }
        return ~value
    }
}
