/// Bytes that are pulled in pieces. Used by one thread at a time; reading may block.
package protocol ByteSource: AnyObject {
    /// Fills the start of the buffer and returns how many bytes it put there; 0 means the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Everything up to the end, in memory. For small things only; `limit` in bytes guards it.
    package func readAll(limit: Int = 64 << 20) throws -> [UInt8] {
        var all: [UInt8] = []
        try forEachChunk { chunk in
            guard all.count + chunk.count <= limit else {
                throw OCIProblem.document("content", why: "it is larger than \(limit) bytes")
            }
            all.append(contentsOf: chunk)
        }
        return all
    }

    /// Passes everything up to the end on, in pieces of at most 128 KiB.
    package func forEachChunk(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try read(into: buffer)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Passes everything on to a sink and returns how many bytes it were.
    @discardableResult
    package func copy(to sink: any ByteSink) throws -> Int64 {
        var total: Int64 = 0
        try forEachChunk { chunk in
            try sink.write(chunk)
            total += Int64(chunk.count)
        }
        return total
    }
}

/// A source over bytes in memory.
package final class MemorySource: ByteSource {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, bytes.count - offset)
        buffer.copyBytes(from: bytes[offset..<offset + count])
        offset += count
        return count
    }
}
