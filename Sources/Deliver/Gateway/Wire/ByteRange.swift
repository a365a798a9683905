/// A part of a message head, by offsets from its start.
struct ByteRange: Equatable {
    var start: Int
    var end: Int

    static let empty = ByteRange(start: 0, end: 0)
    var count: Int { end - start }
    var isEmpty: Bool { end <= start }
}

extension UnsafeRawBufferPointer {
    subscript(range: ByteRange) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[range.start..<range.end])
    }

    /// Compares with lower-case ASCII letters, ignoring case.
    func equals(_ range: ByteRange, ignoringCase lower: StaticString) -> Bool {
        guard range.count == lower.utf8CodeUnitCount else { return false }
        let expected = lower.utf8Start
        for index in 0..<range.count where ASCII.lower(self[range.start + index]) != expected[index] { return false }
        return true
    }

    /// Compares with lower-case bytes, ignoring case.
    func equals(_ range: ByteRange, ignoringCase lower: [UInt8]) -> Bool {
        guard range.count == lower.count else { return false }
        for index in 0..<range.count where ASCII.lower(self[range.start + index]) != lower[index] { return false }
        return true
    }

    func equals(_ range: ByteRange, _ bytes: [UInt8]) -> Bool {
        guard range.count == bytes.count else { return false }
        for index in 0..<range.count where self[range.start + index] != bytes[index] { return false }
        return true
    }
}

/// Classes of bytes in HTTP (RFC 9110 §5.6.2).
enum ASCII {
    @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    @inline(__always) static func isToken(_ byte: UInt8) -> Bool {
        if byte < 64 { return tokenLow & (1 << UInt64(byte)) != 0 }
        return byte < 128 && tokenHigh & (1 << UInt64(byte - 64)) != 0
    }

    private static let tokenLow: UInt64 = mask(of: "!#$%&'*+-.0123456789", base: 0)
    private static let tokenHigh: UInt64 = mask(
        of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ^_`abcdefghijklmnopqrstuvwxyz|~", base: 64)

    private static func mask(of characters: String, base: UInt8) -> UInt64 {
        characters.utf8.reduce(0) { $0 | 1 << UInt64($1 - base) }
    }

    static func isTokenText(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isToken) }
    static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }

    @inline(__always) static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
