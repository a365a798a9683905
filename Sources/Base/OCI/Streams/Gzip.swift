import CZlib

private let chunkSize = 64 << 10

/// Compresses in gzip format (RFC 1952) with a header that holds neither time nor name: the same input gives the same bytes.
package final class GzipSink: CompressingSink {
    private let next: any ByteSink
    private let stream: UnsafeMutablePointer<z_stream>
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)

    package init(_ next: any ByteSink, level: Int32 = 6) {
        self.next = next
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        deflateInit2_(
            stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        if !bytes.isEmpty { try run(bytes, Z_NO_FLUSH) }
    }

    package func finish() throws { try run(UnsafeRawBufferPointer(start: nil, count: 0), Z_FINISH) }

    private func run(_ bytes: UnsafeRawBufferPointer, _ flush: Int32) throws {
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        while true {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(chunkSize)
            let status = deflate(stream, flush)
            if status == Z_STREAM_ERROR {
                throw OCIProblem.compressed(format: "gzip", why: "zlib reports a stream error")
            }
            let produced = chunkSize - Int(stream.pointee.avail_out)
            if produced > 0 { try next.write(UnsafeRawBufferPointer(rebasing: output[..<produced])) }
            if stream.pointee.avail_out != 0 || status == Z_STREAM_END { return }
        }
    }
}

/// Expands gzip data, of several members too.
package final class GzipSource: ByteSource {
    private let source: any ByteSource
    private let stream: UnsafeMutablePointer<z_stream>
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    private var memberIsOpen = true
    private var sourceIsAtEnd = false

    package init(_ source: any ByteSource) {
        self.source = source
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(buffer.count)
        while stream.pointee.avail_out == UInt32(buffer.count) {
            if stream.pointee.avail_in == 0 && !sourceIsAtEnd { try refill() }
            if stream.pointee.avail_in == 0 {
                if memberIsOpen { throw problem("the data ends in the middle") }
                return 0
            }
            if !memberIsOpen {
                // Some tools pad the file with zeros after the last member.
                if stream.pointee.next_in.pointee == 0 {
                    stream.pointee.next_in += 1
                    stream.pointee.avail_in -= 1
                    continue
                }
                inflateReset(stream)
                memberIsOpen = true
            }
            switch inflate(stream, Z_NO_FLUSH) {
            case Z_OK, Z_BUF_ERROR: continue
            case Z_STREAM_END: memberIsOpen = false
            default: throw problem(stream.pointee.msg.map { String(cString: $0) } ?? "zlib refuses it")
            }
        }
        return buffer.count - Int(stream.pointee.avail_out)
    }

    private func refill() throws {
        let count = try source.read(into: input)
        sourceIsAtEnd = count == 0
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    private func problem(_ why: String) -> OCIProblem { .compressed(format: "gzip", why: why) }
}
