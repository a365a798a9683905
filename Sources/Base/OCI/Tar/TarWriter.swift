/// Writes a tar archive: ustar headers, with pax records only for what they can't hold.
/// The same members in the same order give the same bytes; the caller sorts and chooses the times.
package final class TarWriter: ByteSink {
    private let sink: any ByteSink
    private var contentLeft: Int64 = 0
    private var padding = 0
    private var current = ""

    package init(_ sink: any ByteSink) {
        self.sink = sink
    }

    /// Writes a member's header. For a file, exactly `entry.size` bytes of content must be written next.
    package func begin(_ entry: TarEntry) throws {
        try finishContent()
        var header = TarHeaderBlock(entry)
        if !header.records.isEmpty {
            let records = header.records.sorted { $0.key < $1.key }.flatMap { Self.record($0.key, $0.value) }
            try sink.write(TarHeaderBlock.extended(size: records.count, for: entry.path))
            try sink.write(records)
            try pad(TarField.padding(Int64(records.count)))
        }
        try sink.write(header.finish())
        if case .file = entry.kind { contentLeft = entry.size }
        padding = TarField.padding(contentLeft)
        current = entry.path
    }

    /// Writes content of the member that was begun last.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard Int64(bytes.count) <= contentLeft else {
            throw OCIProblem.truncated(what: "the header of \(current)", expected: Int64(bytes.count), got: contentLeft)
        }
        contentLeft -= Int64(bytes.count)
        try sink.write(bytes)
    }

    /// A whole member with its content.
    package func append(_ entry: TarEntry, content: [UInt8] = []) throws {
        var entry = entry
        if case .file = entry.kind { entry.size = Int64(content.count) }
        try begin(entry)
        try write(content)
    }

    /// A whole file whose content comes from a source, which must hold `entry.size` bytes.
    package func append(_ entry: TarEntry, from source: any ByteSource) throws {
        try begin(entry)
        try source.copy(to: self)
    }

    /// Ends the archive with two blocks of zeros.
    package func finish() throws {
        try finishContent()
        try pad(2 * TarField.blockSize)
    }

    private func finishContent() throws {
        guard contentLeft == 0 else {
            throw OCIProblem.truncated(what: "the content of \(current)", expected: contentLeft, got: 0)
        }
        try pad(padding)
        padding = 0
    }

    private func pad(_ count: Int) throws {
        if count > 0 { try sink.write([UInt8](repeating: 0, count: count)) }
    }

    /// `length key=value\n`, where the length counts its own digits.
    private static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = [UInt8(ascii: " ")] + key.utf8 + [UInt8(ascii: "=")] + value + [UInt8(ascii: "\n")]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }
}
