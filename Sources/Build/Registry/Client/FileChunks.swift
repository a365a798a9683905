import NIOCore
import NIOPosix
import OCI

/// A file from an offset on, in pieces; each is read on the thread pool when it is asked for.
struct FileChunks: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    let path: String
    let offset: Int64

    func makeAsyncIterator() -> Iterator { Iterator(path: path, offset: offset) }

    struct Iterator: AsyncIteratorProtocol {
        let path: String
        var offset: Int64
        private static let size = 256 << 10

        mutating func next() async throws -> ByteBuffer? {
            let (path, offset) = (path, offset)
            let piece = try await NIOThreadPool.singleton.runIfActive {
                try FileSource.bytes(of: path, at: offset, count: Self.size)
            }
            self.offset += Int64(piece.count)
            return piece.isEmpty ? nil : ByteBuffer(bytes: piece)
        }
    }
}
