import PromQL
import Testing

@testable import SeriesStore

struct ChunkTests {
    /// A generator of numbers that are the same on every run.
    struct Walk: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    enum Shape: CaseIterable {
        case constant, counter, gauge, wild, special, irregular
    }

    static func samples(_ shape: Shape, _ seed: UInt64, _ count: Int) -> [(Int64, Double)] {
        var walk = Walk(state: seed &* 2_654_435_761 | 1)
        var time: Int64 = 1_700_000_000_000
        var value = 0.0
        return (0..<count).map { _ in
            time +=
                shape == .irregular
                ? Int64.random(in: 1...10_000_000, using: &walk) : 15_000 + Int64.random(in: -3...3, using: &walk)
            switch shape {
            case .constant: value = 42
            case .counter: value += Double(Int.random(in: 0...500, using: &walk))
            case .gauge, .irregular: value += Double.random(in: -1...1, using: &walk)
            case .wild: value = Double(bitPattern: walk.next())
            case .special:
                value =
                    [
                        0, -0.0, .infinity, -.infinity, .nan, .staleMarker, .leastNonzeroMagnitude,
                        .greatestFiniteMagnitude,
                    ]
                    .randomElement(using: &walk) ?? 0
            }
            return (time, value)
        }
    }

    @Test("what goes into a chunk comes out, bit for bit", arguments: Shape.allCases, [1, 2, 3, 4, 5] as [UInt64])
    func roundTrip(shape: Shape, seed: UInt64) {
        for count in [1, 2, 3, 119, 120] {
            let samples = Self.samples(shape, seed, count)
            var encoder = ChunkEncoder()
            for (time, value) in samples { encoder.append(time, value) }
            let chunk = encoder.finish()
            var buffer = SampleBuffer()
            chunk.read(from: .min, through: .max, into: &buffer)
            #expect(buffer.times == samples.map(\.0))
            #expect(buffer.values.map(\.bitPattern) == samples.map(\.1.bitPattern))
            #expect(chunk.minTime == samples[0].0 && chunk.maxTime == samples[count - 1].0 && chunk.count == count)
        }
    }

    @Test("a range takes both its ends and nothing beyond")
    func range() {
        let samples = Self.samples(.gauge, 7, 50)
        var encoder = ChunkEncoder()
        for (time, value) in samples { encoder.append(time, value) }
        var buffer = SampleBuffer()
        encoder.read(from: samples[10].0, through: samples[20].0, into: &buffer)
        #expect(buffer.times == samples[10...20].map(\.0))
    }

    @Test("differences at the borders of their classes survive")
    func borders() {
        var time: Int64 = 0
        var encoder = ChunkEncoder()
        var times: [Int64] = []
        var delta: Int64 = 1_000_000_000
        for step in [
            0, 8191, 8192, 8193, -8191, -8192, 65535, 65536, 65537, -65535, -65536, 524_288, 524_289, -524_287,
            -524_288,
        ] as [Int64] {
            delta += step
            time += delta
            times.append(time)
            encoder.append(time, 1)
        }
        var buffer = SampleBuffer()
        encoder.read(from: .min, through: .max, into: &buffer)
        #expect(buffer.times == times)
    }

    @Test("damaged bytes never read outside the chunk", arguments: 1...200 as ClosedRange<UInt64>)
    func damage(seed: UInt64) {
        var walk = Walk(state: seed &* 88_172_645_463_325_252 | 1)
        let bytes = (0..<Int.random(in: 0...40, using: &walk)).map { _ in UInt8.random(in: 0...255, using: &walk) }
        var buffer = SampleBuffer()
        bytes.withUnsafeBytes { ChunkReader.read($0, start: 0, count: 1000, from: .min, through: .max, into: &buffer) }
        #expect(buffer.times.count <= 8 * bytes.count)
    }

    @Test("a counter takes about two bytes for each sample")
    func size() {
        var encoder = ChunkEncoder()
        for (time, value) in Self.samples(.counter, 3, 120) { encoder.append(time, value) }
        #expect(encoder.size < 120 * 5)
        var constant = ChunkEncoder()
        for index in 0..<120 { constant.append(Int64(index) * 15_000, 1) }
        #expect(constant.size < 50)
    }

    @Test(
        "numbers of the log come back",
        arguments: [0, 1, -1, 1.5, 1e300, -0.0, .infinity, .pi, 12345, .leastNonzeroMagnitude, .staleMarker] as [Double]
    )
    func floats(value: Double) {
        var writer = ByteWriter()
        writer.float(value)
        writer.signed(Int64(value.isFinite ? min(max(value, -1e18), 1e18) : 0))
        writer.unsigned(value.bitPattern)
        writer.bytes.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            #expect(reader.float()?.bitPattern == value.bitPattern)
            #expect(reader.signed() == Int64(value.isFinite ? min(max(value, -1e18), 1e18) : 0))
            #expect(reader.unsigned() == value.bitPattern)
            #expect(reader.isAtEnd)
            #expect(reader.byte() == nil)
        }
    }

    @Test("the checksum is CRC-32C")
    func checksum() {
        let digits = Array("123456789".utf8)
        #expect(digits.withUnsafeBytes { Checksum.of($0) } == 0xE306_9283)
    }
}
