/// How a layer's archive is compressed.
package enum Compression: String, Sendable, CaseIterable {
    case none
    case gzip
    case zstd

    /// Recognises the format by its first bytes (RFC 1952 §2.3.1, RFC 8878 §3.1.1).
    package static func detect(_ start: some Sequence<UInt8>) -> Compression {
        let magic = Array(start.prefix(4))
        if magic.starts(with: [0x1F, 0x8B]) { return .gzip }
        return magic == [0x28, 0xB5, 0x2F, 0xFD] ? .zstd : .none
    }

    /// The media type of a layer compressed so.
    package var layerType: MediaType {
        switch self {
        case .none: .layer
        case .gzip: .layerGzip
        case .zstd: .layerZstd
        }
    }

    /// A sink that compresses into `next`; call its `finish` at the end.
    package func compressing(into next: any ByteSink) -> any CompressingSink {
        switch self {
        case .none: PassingSink(next)
        case .gzip: GzipSink(next)
        case .zstd: ZstdSink(next)
        }
    }
}

/// A sink that holds data back until it is finished.
package protocol CompressingSink: ByteSink {
    /// Writes out what is left. Nothing may be written afterwards.
    func finish() throws
}

final class PassingSink: CompressingSink {
    private let next: any ByteSink

    init(_ next: any ByteSink) {
        self.next = next
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws { try next.write(bytes) }
    func finish() {}
}

/// Expands a source whose compression it recognises by itself; plain data passes through.
package final class ExpandingSource: ByteSource {
    package let compression: Compression
    private let inner: any ByteSource

    package init(_ source: any ByteSource) throws {
        let peeking = PeekingSource(source)
        compression = Compression.detect(try peeking.peek(4))
        inner =
            switch compression {
            case .none: peeking
            case .gzip: GzipSource(peeking)
            case .zstd: ZstdSource(peeking)
            }
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try inner.read(into: buffer)
    }
}

/// Lets one look at the first bytes without consuming them.
final class PeekingSource: ByteSource {
    private let source: any ByteSource
    private var head: [UInt8] = []

    init(_ source: any ByteSource) {
        self.source = source
    }

    func peek(_ count: Int) throws -> [UInt8] {
        while head.count < count {
            var piece = [UInt8](repeating: 0, count: count - head.count)
            let got = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
            if got == 0 { break }
            head += piece[..<got]
        }
        return Array(head.prefix(count))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if head.isEmpty { return try source.read(into: buffer) }
        let count = min(buffer.count, head.count)
        buffer.copyBytes(from: head[..<count])
        head.removeFirst(count)
        return count
    }
}
