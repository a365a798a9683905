/// A place that takes bytes in pieces. Used by one thread at a time; writing may block.
package protocol ByteSink: AnyObject {
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

extension ByteSink {
    package func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }
}

/// A sink that keeps everything in memory.
package final class MemorySink: ByteSink {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        self.bytes.append(contentsOf: bytes)
    }
}

/// A sink that computes digest and size of what passes through to the next one, if there is one.
package final class HashingSink: ByteSink {
    private var hasher: DigestHasher
    private let next: (any ByteSink)?
    /// Bytes so far.
    package private(set) var count: Int64 = 0

    package init(_ algorithm: Digest.Algorithm = .sha256, passingTo next: (any ByteSink)? = nil) {
        hasher = DigestHasher(algorithm)
        self.next = next
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bytes)
        count += Int64(bytes.count)
        try next?.write(bytes)
    }

    /// The digest of everything so far.
    package var digest: Digest { hasher.finish() }
}
