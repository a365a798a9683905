import OCI
import Testing

struct CompressionTests {
    private let text = Array(String(repeating: "the quick brown fox ", count: 40_000).utf8)

    @Test(arguments: Compression.allCases)
    func `what is compressed expands to the same`(format: Compression) throws {
        let sink = MemorySink()
        let compressing = format.compressing(into: sink)
        for start in stride(from: 0, to: text.count, by: 70_001) {
            try compressing.write(Array(text[start..<min(start + 70_001, text.count)]))
        }
        try compressing.finish()
        if format != .none { #expect(sink.bytes.count < text.count / 10) }
        let source = try ExpandingSource(MemorySource(sink.bytes))
        #expect(source.compression == format)
        #expect(try source.readAll() == text)
    }

    @Test(arguments: [Compression.gzip, .zstd])
    func `the same input gives the same bytes`(format: Compression) throws {
        let sinks = [MemorySink(), MemorySink()]
        for sink in sinks {
            let compressing = format.compressing(into: sink)
            try compressing.write(text)
            try compressing.finish()
        }
        #expect(sinks[0].bytes == sinks[1].bytes)
        if format == .gzip { #expect(Array(sinks[0].bytes[3..<8]) == [0, 0, 0, 0, 0]) }
    }

    @Test(arguments: [Compression.gzip, .zstd])
    func `several members are one stream, and a cut is noticed`(format: Compression) throws {
        let sink = MemorySink()
        for _ in 0..<2 {
            let compressing = format.compressing(into: sink)
            try compressing.write(text)
            try compressing.finish()
        }
        #expect(try ExpandingSource(MemorySource(sink.bytes)).readAll() == text + text)
        #expect(throws: OCIProblem.self) { try ExpandingSource(MemorySource(sink.bytes.dropLast(9))).readAll() }
    }

    @Test func `empty content stays empty`() throws {
        #expect(try ExpandingSource(MemorySource([])).readAll() == [])
        for format in Compression.allCases {
            let sink = MemorySink()
            try format.compressing(into: sink).finish()
            #expect(try ExpandingSource(MemorySource(sink.bytes)).readAll() == [])
        }
    }
}
