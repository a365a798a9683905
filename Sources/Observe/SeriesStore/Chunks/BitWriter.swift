/// Appends bits, the most significant first.
struct BitWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Unused bits of the last byte.
    private var free: UInt8 = 0

    mutating func write(_ bit: Bool) {
        if free == 0 {
            bytes.append(bit ? 0x80 : 0)
            free = 7
        } else {
            free -= 1
            if bit { bytes[bytes.count - 1] |= 1 << free }
        }
    }

    /// The lowest `count` bits of `value`.
    mutating func write(_ value: UInt64, bits count: Int) {
        var left = count
        if left < 64 && left > 0 && value >> UInt64(left) != 0 {
            write(value & (1 << UInt64(left) - 1), bits: left)
            return
        }
        while left > 0 {
            if free == 0 {
                bytes.append(0)
                free = 8
            }
            let taken = min(Int(free), left)
            let part =
                UInt8(truncatingIfNeeded: value >> UInt64(left - taken)) & UInt8(truncatingIfNeeded: (1 << taken) - 1)
            bytes[bytes.count - 1] |= part << (Int(free) - taken)
            free -= UInt8(taken)
            left -= taken
        }
    }

    /// Gives back memory beyond what is used.
    mutating func trim() {
        if bytes.capacity > bytes.count + 32 { bytes = Array(bytes[...]) }
    }
}

/// Reads bits; beyond the end everything is zero and `isExhausted` is set.
struct BitReader {
    private let bytes: UnsafeRawBufferPointer
    private var buffer: UInt64 = 0
    private var valid = 0
    private var offset = 0
    private(set) var isExhausted = false

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private mutating func fill() {
        if offset + 8 <= bytes.count {
            buffer = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            offset += 8
            valid = 64
            return
        }
        buffer = 0
        valid = 0
        while offset < bytes.count {
            buffer = buffer << 8 | UInt64(bytes[offset])
            offset += 1
            valid += 8
        }
        if valid == 0 {
            isExhausted = true
            valid = 64
        } else {
            buffer <<= UInt64(64 - valid)
        }
    }

    @inline(__always)
    mutating func bit() -> Bool {
        if valid == 0 { fill() }
        let bit = buffer >> 63
        buffer <<= 1
        valid -= 1
        return bit == 1
    }

    @inline(__always)
    mutating func read(_ count: Int) -> UInt64 {
        if count == 0 { return 0 }
        if count <= valid {
            let value = buffer >> UInt64(64 - count)
            buffer = count == 64 ? 0 : buffer << UInt64(count)
            valid -= count
            return value
        }
        let high = valid
        let first = high == 0 ? 0 : buffer >> UInt64(64 - high)
        let low = count - high
        valid = 0
        fill()
        if low > valid {
            isExhausted = true
            return 0
        }
        let second = buffer >> UInt64(64 - low)
        buffer = low == 64 ? 0 : buffer << UInt64(low)
        valid -= low
        return low == 64 ? second : first << UInt64(low) | second
    }
}
