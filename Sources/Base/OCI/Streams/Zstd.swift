import CZstd

private let chunkSize = 128 << 10

/// Compresses in Zstandard format (RFC 8878), in one frame with a checksum.
package final class ZstdSink: CompressingSink {
    private let next: any ByteSink
    private let context: OpaquePointer?
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)

    package init(_ next: any ByteSink, level: Int32 = 3) {
        self.next = next
        context = ZSTD_createCCtx()
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while input.pos < input.size { _ = try run(&input, ZSTD_e_continue) }
    }

    package func finish() throws {
        var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
        while try run(&input, ZSTD_e_end) != 0 {}
    }

    private func run(_ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective) throws -> Int {
        var out = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let left = ZSTD_compressStream2(context, &out, &input, directive)
        try check(left)
        if out.pos > 0 { try next.write(UnsafeRawBufferPointer(rebasing: output[..<out.pos])) }
        return left
    }
}

/// Expands Zstandard data, of several frames too.
package final class ZstdSource: ByteSource {
    private let source: any ByteSource
    private let context: OpaquePointer?
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
    private var available = 0
    private var position = 0
    private var frameIsOpen = true
    private var sourceIsAtEnd = false

    package init(_ source: any ByteSource) {
        self.source = source
        context = ZSTD_createDCtx()
        // Archives made with a long window (up to 128 MiB) are common.
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    }

    deinit {
        ZSTD_freeDCtx(context)
        input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty else { return 0 }
        while true {
            if position == available && !sourceIsAtEnd {
                available = try source.read(into: input)
                position = 0
                sourceIsAtEnd = available == 0
            }
            var from = ZSTD_inBuffer(src: input.baseAddress, size: available, pos: position)
            var into = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
            let atEnd = sourceIsAtEnd
            if !(atEnd && !frameIsOpen) {
                let left = ZSTD_decompressStream(context, &into, &from)
                try check(left)
                position = from.pos
                frameIsOpen = left != 0
            }
            if into.pos > 0 { return into.pos }
            if atEnd {
                if frameIsOpen { throw OCIProblem.compressed(format: "zstd", why: "the data ends in the middle") }
                return 0
            }
        }
    }
}

private func check(_ result: Int) throws(OCIProblem) {
    if ZSTD_isError(result) != 0 {
        throw .compressed(format: "zstd", why: String(cString: ZSTD_getErrorName(result)))
    }
}
