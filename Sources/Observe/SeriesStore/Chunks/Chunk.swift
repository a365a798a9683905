import PromQL

/// Compressed samples of one series.
struct Chunk: Sendable {
    let minTime: Int64
    let maxTime: Int64
    let count: Int
    let bytes: [UInt8]

    /// How many samples a chunk takes before the next one begins.
    static let capacity = 120

    func read(from: Int64, through: Int64, into buffer: inout SampleBuffer) {
        guard minTime <= through, maxTime >= from else { return }
        bytes.withUnsafeBytes {
            ChunkReader.read($0, start: minTime, count: count, from: from, through: through, into: &buffer)
        }
    }
}

/// Appends samples to a chunk: times as differences of differences, values as differing bits.
/// https://www.vldb.org/pvldb/vol8/p1816-teller.pdf
struct ChunkEncoder: Sendable {
    private var bits = BitWriter()
    private(set) var minTime: Int64 = 0
    private(set) var maxTime: Int64 = 0
    private(set) var lastValue: UInt64 = 0
    private var lastDelta: Int64 = 0
    private(set) var count: UInt16 = 0
    private var leading: UInt8 = 0xFF
    private var trailing: UInt8 = 0

    var isFull: Bool { count >= Chunk.capacity }
    var size: Int { bits.bytes.count }

    /// `time` must be later than the last one.
    mutating func append(_ time: Int64, _ value: Double) {
        let pattern = value.bitPattern
        if count == 0 {
            minTime = time
            bits.write(pattern, bits: 64)
        } else {
            let delta = time - maxTime
            write(difference: delta &- lastDelta)
            write(changed: pattern ^ lastValue)
            lastDelta = delta
        }
        maxTime = time
        lastValue = pattern
        count += 1
    }

    func finish() -> Chunk {
        Chunk(minTime: minTime, maxTime: maxTime, count: Int(count), bytes: Array(bits.bytes[...]))
    }

    func read(from: Int64, through: Int64, into buffer: inout SampleBuffer) {
        guard count > 0, minTime <= through, maxTime >= from else { return }
        bits.bytes.withUnsafeBytes {
            ChunkReader.read($0, start: minTime, count: Int(count), from: from, through: through, into: &buffer)
        }
    }

    private mutating func write(difference: Int64) {
        let value = UInt64(bitPattern: difference)
        switch difference {
        case 0: bits.write(false)
        case -8191...8192:
            bits.write(0b10, bits: 2)
            bits.write(value & 0x3FFF, bits: 14)
        case -65535...65536:
            bits.write(0b110, bits: 3)
            bits.write(value & 0x1FFFF, bits: 17)
        case -524_287...524_288:
            bits.write(0b1110, bits: 4)
            bits.write(value & 0xFFFFF, bits: 20)
        default:
            bits.write(0b1111, bits: 4)
            bits.write(value, bits: 64)
        }
    }

    private mutating func write(changed: UInt64) {
        if changed == 0 {
            bits.write(false)
            return
        }
        bits.write(true)
        let before = UInt8(min(changed.leadingZeroBitCount, 31))
        let after = UInt8(changed.trailingZeroBitCount)
        if leading != 0xFF && before >= leading && after >= trailing {
            bits.write(false)
            bits.write(changed >> UInt64(trailing), bits: 64 - Int(leading) - Int(trailing))
            return
        }
        leading = before
        trailing = after
        let width = 64 - Int(before) - Int(after)
        bits.write(true)
        bits.write(UInt64(before), bits: 5)
        // A width of 64 is written as 0, since 0 itself cannot occur.
        bits.write(UInt64(width & 63), bits: 6)
        bits.write(changed >> UInt64(after), bits: width)
    }
}

enum ChunkReader {
    /// Appends the samples inside the bounds. Damaged bytes end the chunk early but never read outside it.
    static func read(
        _ bytes: UnsafeRawBufferPointer, start: Int64, count: Int, from: Int64, through: Int64,
        into buffer: inout SampleBuffer
    ) {
        var bits = BitReader(bytes)
        var time = start
        var value = bits.read(64)
        var delta: Int64 = 0
        var leading = 0
        var trailing = 0
        for index in 0..<count {
            if index > 0 {
                delta = delta &+ difference(&bits)
                time = time &+ delta
                if bits.bit() {
                    if bits.bit() {
                        leading = Int(bits.read(5))
                        let width = Int(bits.read(6))
                        trailing = max(0, 64 - leading - (width == 0 ? 64 : width))
                    }
                    value ^= bits.read(64 - leading - trailing) << UInt64(trailing)
                }
            }
            if bits.isExhausted || time > through { return }
            if time >= from {
                buffer.times.append(time)
                buffer.values.append(Double(bitPattern: value))
            }
        }
    }

    @inline(__always)
    private static func difference(_ bits: inout BitReader) -> Int64 {
        if !bits.bit() { return 0 }
        if !bits.bit() { return signed(bits.read(14), 14) }
        if !bits.bit() { return signed(bits.read(17), 17) }
        if !bits.bit() { return signed(bits.read(20), 20) }
        return Int64(bitPattern: bits.read(64))
    }

    /// The range is one above that of two's complement at the top, one below at the bottom.
    private static func signed(_ value: UInt64, _ width: Int) -> Int64 {
        let number = Int64(value)
        return number > 1 << (width - 1) ? number - 1 << width : number
    }
}
