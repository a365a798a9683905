/// Reads a tar archive member by member: ustar, pax (POSIX.1-2001) and GNU long names. Nothing is collected.
///
/// Call `next`, then, for a file, read its content through the reader itself as a `ByteSource`; what isn't read is skipped.
package final class TarReader: ByteSource {
    private let source: any ByteSource
    private var offset: Int64 = 0
    private var contentLeft: Int64 = 0
    private var paddingLeft = 0
    private var current = "the archive"
    private var global: [String: [UInt8]] = [:]
    private var isAtEnd = false

    package init(_ source: any ByteSource) {
        self.source = source
    }

    /// The next member, or nil at the end of the archive.
    package func next() throws -> TarEntry? {
        var extended: [String: [UInt8]] = [:]
        var longName: [UInt8]?
        var longLink: [UInt8]?
        while !isAtEnd {
            try skipContent()
            guard let header = try nextHeader() else { break }
            let size = try header.size
            switch header.type {
            case UInt8(ascii: "x"): extended = try records(size)
            case UInt8(ascii: "g"): global.merge(try records(size)) { $1 }
            case UInt8(ascii: "L"): longName = try content(size, of: "a long name")
            case UInt8(ascii: "K"): longLink = try content(size, of: "a long link")
            default:
                let fields = global.merging(extended) { $1 }
                let entry = try header.entry(extended: fields, longName: longName, longLink: longLink)
                current = entry.path
                expect(entry.size)
                return entry
            }
        }
        return nil
    }

    /// Reads from the content of the current member; 0 at its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = Int(min(Int64(buffer.count), contentLeft))
        if count == 0 { return 0 }
        let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        if got == 0 { throw OCIProblem.tar(offset: offset, why: "it ends in the content of \(current)") }
        offset += Int64(got)
        contentLeft -= Int64(got)
        return got
    }

    private func expect(_ size: Int64) {
        contentLeft = size
        paddingLeft = TarField.padding(size)
    }

    private func skipContent() throws {
        if contentLeft == 0 && paddingLeft == 0 { return }
        contentLeft += Int64(paddingLeft)
        // The padding of the last member may be missing.
        let mayEndAfter = Int64(paddingLeft)
        paddingLeft = 0
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while contentLeft > 0 {
            let wanted = Int(min(Int64(buffer.count), contentLeft))
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]))
            if got == 0 {
                if contentLeft <= mayEndAfter { break }
                throw OCIProblem.tar(offset: offset, why: "it ends in the content of \(current)")
            }
            offset += Int64(got)
            contentLeft -= Int64(got)
        }
        contentLeft = 0
    }

    /// The next header; nil at a block of zeros or at the end of the data.
    private func nextHeader() throws -> TarHeader? {
        let start = offset
        var block = [UInt8](repeating: 0, count: TarField.blockSize)
        var filled = 0
        while filled < block.count {
            let got = try block.withUnsafeMutableBytes {
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        offset += Int64(filled)
        if filled == 0 || (filled == block.count && block.allSatisfy { $0 == 0 }) {
            isAtEnd = true
            return nil
        }
        guard filled == block.count else { throw OCIProblem.tar(offset: start, why: "it ends inside a header") }
        return try TarHeader(block, at: start)
    }

    private func content(_ size: Int64, of what: String) throws -> [UInt8] {
        guard size >= 0 && size <= 1 << 20 else {
            throw OCIProblem.tar(offset: offset, why: "\(what) takes \(size) bytes")
        }
        expect(size)
        current = what
        var bytes = try readAll(limit: 1 << 20)
        if what.hasPrefix("a long"), let end = bytes.firstIndex(of: 0) { bytes.removeSubrange(end...) }
        return bytes
    }

    /// The `length key=value\n` records of a pax header.
    private func records(_ size: Int64) throws -> [String: [UInt8]] {
        let start = offset
        let bytes = try content(size, of: "an extended header")
        var found: [String: [UInt8]] = [:]
        var index = 0
        while index < bytes.count {
            guard let space = bytes[index...].firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: bytes[index..<space], as: UTF8.self)),
                length > space - index + 1, index + length <= bytes.count,
                let equals = bytes[space..<index + length].firstIndex(of: UInt8(ascii: "="))
            else {
                // GNU tar pads with zeros when it rewrites a record.
                if bytes[index...].allSatisfy({ $0 == 0 }) { break }
                throw OCIProblem.tar(
                    offset: start + Int64(index), why: "a record of an extended header has a wrong length")
            }
            let key = String(decoding: bytes[space + 1..<equals], as: UTF8.self)
            found[key] = Array(bytes[equals + 1..<index + length - 1])
            index += length
        }
        return found
    }
}
