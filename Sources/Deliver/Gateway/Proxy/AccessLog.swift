package import NIOCore

/// Takes the access log's lines, JSON, one for each request. They come in pieces of whole lines, off the path of requests;
/// what a slow reader leaves lying is dropped, the oldest first.
package struct AccessLog: Sendable {
    /// Pieces of whole lines.
    package let pieces: AsyncStream<ByteBuffer>
    private let continuation: AsyncStream<ByteBuffer>.Continuation

    /// `depth`: how many pieces may wait; one comes from each event loop every 100 ms or 64 KiB.
    package init(depth: Int = 256) {
        (pieces, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(depth))
    }

    func append(_ lines: ByteBuffer) { continuation.yield(lines) }

    func finish() { continuation.finish() }
}
