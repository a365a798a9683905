/// What comes out of a pipe, piece by piece. Nothing is read before it is asked for: the writer waits while the reader is busy.
package struct ByteChunks: AsyncSequence, Sendable {
    package typealias Element = [UInt8]
    let file: OpenFile?

    /// The bytes of a non-blocking file, up to its end.
    package init(_ file: OpenFile?) {
        self.file = file
    }

    package func makeAsyncIterator() -> Iterator { Iterator(file: file) }

    package struct Iterator: AsyncIteratorProtocol {
        var file: OpenFile?

        package mutating func next() async throws -> [UInt8]? {
            guard let open = file else { return nil }
            let bytes = try await open.receive()
            if bytes.isEmpty {
                file = nil
                return nil
            }
            return bytes
        }
    }

    /// All bytes, keeping at most `limit` of them: the first ones, or the last ones.
    package func collect(_ limit: Int, keeping end: CollectedEnd = .first) async throws -> (bytes: [UInt8], isCut: Bool)
    {
        var kept: [UInt8] = []
        var isCut = false
        for try await chunk in self {
            kept += end == .first ? chunk.prefix(Swift.max(0, limit - kept.count)) : chunk[...]
            switch end {
            case .first: isCut = isCut || kept.count == limit && !chunk.isEmpty
            case .last where kept.count > 2 * limit:
                kept.removeFirst(kept.count - limit)
                isCut = true
            case .last: break
            }
        }
        if end == .last, kept.count > limit {
            kept.removeFirst(kept.count - limit)
            isCut = true
        }
        return (kept, isCut)
    }
}

/// Which end of an output is kept when it is too long.
package enum CollectedEnd: Sendable {
    case first
    case last
}
