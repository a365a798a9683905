import PromQL

/// A window of time, sealed: an immutable file of compressed samples and a table that says where each series stands.
///
/// Layout: the chunks of each series in turn (`count`, `minTime` and `maxTime` as varints, the length, the bytes), then
/// 16 bytes for each series (number, length, offset; ascending by number), then a footer of 40 bytes. Numbers are little
/// endian.
final class Block: Sendable {
    /// Milliseconds; the end is not part of the window.
    let window: Range<Int64>
    let path: String
    let size: Int64
    let seriesCount: Int
    private let file: MappedFile
    private let table: Int

    static let magic: UInt64 = 0x3142_5342_5453_4531
    static let footerSize = 40
    static let entrySize = 16

    init(path: String) throws {
        guard let file = try MappedFile(path: path) else {
            throw SeriesStoreProblem.damaged(path: path, "it is missing")
        }
        let bytes = file.bytes
        guard bytes.count >= Self.footerSize else { throw SeriesStoreProblem.damaged(path: path, "it is too short") }
        let footer = bytes.count - Self.footerSize
        func field(_ index: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: footer + 8 * index, as: UInt64.self))
        }
        let (start, end) = (Int64(bitPattern: field(0)), Int64(bitPattern: field(1)))
        let count = Int(truncatingIfNeeded: field(2) & 0xFFFF_FFFF)
        let checksum = UInt32(truncatingIfNeeded: field(2) >> 32)
        let table = Int(truncatingIfNeeded: field(3))
        guard field(4) == Self.magic, start < end, table >= 0, table + count * Self.entrySize == footer else {
            throw SeriesStoreProblem.damaged(path: path, "its footer is wrong")
        }
        guard Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[table..<footer])) == checksum else {
            throw SeriesStoreProblem.damaged(path: path, "its table does not match its checksum")
        }
        self.path = path
        self.file = file
        self.table = table
        window = start..<end
        size = Int64(bytes.count)
        seriesCount = count
    }

    /// The numbers of the series that have samples here, ascending.
    var seriesNumbers: [UInt32] { (0..<seriesCount).map { number(at: $0) } }

    func contains(_ series: UInt32) -> Bool { place(of: series) != nil }

    func read(_ series: UInt32, from: Int64, through: Int64, into buffer: inout SampleBuffer) {
        guard let run = place(of: series) else { return }
        var reader = ByteReader(run)
        while !reader.isAtEnd {
            guard let count = reader.unsigned(), let minTime = reader.signed(), let span = reader.unsigned(),
                let length = reader.unsigned(), let bytes = reader.raw(Int(truncatingIfNeeded: length))
            else { return }
            let maxTime = minTime &+ Int64(truncatingIfNeeded: span)
            if minTime > through { return }
            if maxTime < from { continue }
            ChunkReader.read(
                bytes, start: minTime, count: Int(truncatingIfNeeded: count), from: from, through: through,
                into: &buffer)
        }
    }

    private func number(at index: Int) -> UInt32 {
        UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: table + index * Self.entrySize, as: UInt32.self))
    }

    private func place(of series: UInt32) -> UnsafeRawBufferPointer? {
        var low = 0
        var high = seriesCount
        while low < high {
            let middle = (low + high) / 2
            if number(at: middle) < series { low = middle + 1 } else { high = middle }
        }
        guard low < seriesCount, number(at: low) == series else { return nil }
        let entry = table + low * Self.entrySize
        let length = Int(UInt32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: entry + 4, as: UInt32.self)))
        let offset = UInt64(littleEndian: file.bytes.loadUnaligned(fromByteOffset: entry + 8, as: UInt64.self))
        guard offset <= UInt64(table), length <= table - Int(offset) else { return nil }
        return UnsafeRawBufferPointer(rebasing: file.bytes[Int(offset)..<Int(offset) + length])
    }
}

/// Makes the bytes of a block. Series come by ascending number.
struct BlockWriter {
    private let window: Range<Int64>
    private var output = ByteWriter()
    private var entries: [(series: UInt32, offset: Int)] = []

    init(window: Range<Int64>) {
        self.window = window
    }

    mutating func append(_ series: UInt32, _ chunks: [Chunk]) {
        entries.append((series, output.bytes.count))
        for chunk in chunks {
            output.unsigned(UInt64(chunk.count))
            output.signed(chunk.minTime)
            output.unsigned(UInt64(chunk.maxTime - chunk.minTime))
            output.unsigned(UInt64(chunk.bytes.count))
            output.raw(chunk.bytes)
        }
    }

    consuming func finish() -> [UInt8] {
        let table = output.bytes.count
        var bytes = output.bytes
        func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
            withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
        }
        for (index, entry) in entries.enumerated() {
            let end = index + 1 < entries.count ? entries[index + 1].offset : table
            append(entry.series, to: &bytes)
            append(UInt32(end - entry.offset), to: &bytes)
            append(UInt64(entry.offset), to: &bytes)
        }
        let checksum = bytes.withUnsafeBytes { Checksum.of(UnsafeRawBufferPointer(rebasing: $0[table...])) }
        append(window.lowerBound, to: &bytes)
        append(window.upperBound, to: &bytes)
        append(UInt64(entries.count) | UInt64(checksum) << 32, to: &bytes)
        append(UInt64(table), to: &bytes)
        append(Block.magic, to: &bytes)
        return bytes
    }
}
