import Glibc
package import OCI

/// Content-addressed files below one directory: `blobs/sha256/ab/abcd…`, and `uploads/` for what is still arriving.
///
/// A blob is there whole or not at all: it is written to a temporary file, verified, synced, then renamed. Methods block
/// on the disk; each is safe to call from any thread.
package final class BlobStore: Sendable {
    package let root: String

    /// Uses `root`, making it if absent.
    package init(root: String) throws(BlobProblem) {
        self.root = root
        for directory in [root, root + "/blobs", root + "/uploads"] { try Self.makeDirectory(directory) }
        for algorithm in Digest.Algorithm.allCases { try Self.makeDirectory("\(root)/blobs/\(algorithm.rawValue)") }
    }

    /// Where the blob is, or would be.
    package func path(_ digest: Digest) -> String {
        "\(root)/blobs/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    package func contains(_ digest: Digest) -> Bool {
        access(path(digest), F_OK) == 0
    }

    /// The size in bytes, or nil if the blob is absent.
    package func size(_ digest: Digest) -> Int64? {
        var status = stat()
        return stat(path(digest), &status) == 0 ? Int64(status.st_size) : nil
    }

    /// The blob as a stream.
    package func open(_ digest: Digest) throws(BlobProblem) -> FileSource {
        let path = path(digest)
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { throw .missing(digest) }
            throw .io(path: path, what: "open", errno: errno)
        }
        return FileSource(descriptor: descriptor, name: path)
    }

    /// The whole blob in memory: for documents, not for layers. `limit` in bytes guards it.
    package func read(_ digest: Digest, limit: Int = DocumentCoding.largest) throws -> [UInt8] {
        try open(digest).readAll(limit: limit)
    }

    /// Keeps bytes that are in memory.
    @discardableResult
    package func put(_ bytes: [UInt8], algorithm: Digest.Algorithm = .sha256) throws -> Descriptor {
        let digest = Digest.of(bytes, algorithm: algorithm)
        if !contains(digest) {
            let writer = try writer()
            try writer.write(bytes)
            try writer.commit(expecting: digest)
        }
        return Descriptor(mediaType: MediaType("application/octet-stream"), digest: digest, size: Int64(bytes.count))
    }

    /// Keeps everything that a source holds; refuses it if the digest is another than expected.
    @discardableResult
    package func put(from source: any ByteSource, expecting digest: Digest? = nil) throws -> (
        digest: Digest, size: Int64
    ) {
        let writer = try writer()
        let size = try source.copy(to: writer)
        return (try writer.commit(expecting: digest), size)
    }

    /// Begins a blob that arrives in pieces and is forgotten unless it is committed.
    package func writer() throws(BlobProblem) -> BlobWriter {
        try BlobWriter(store: self, id: Self.newID(), isNew: true, keepsPartial: false)
    }

    /// Removes a blob. Whoever has it open can read on.
    ///
    /// - Returns: whether it was there.
    @discardableResult
    package func delete(_ digest: Digest) throws(BlobProblem) -> Bool {
        if unlink(path(digest)) == 0 { return true }
        if errno == ENOENT { return false }
        throw .io(path: path(digest), what: "remove", errno: errno)
    }

    /// Marks a blob as just used, so that a collection with a grace period leaves it alone.
    ///
    /// - Returns: whether it is there.
    @discardableResult
    package func touch(_ digest: Digest) -> Bool {
        utimensat(AT_FDCWD, path(digest), nil, 0) == 0
    }

    static func makeDirectory(_ path: String) throws(BlobProblem) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try makeDirectory(String(path[..<slash]))
            if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        }
        throw .failing(path, "make the directory", errno)
    }

    /// 128 random bits in hexadecimal.
    static func newID() -> String {
        var random = SystemRandomNumberGenerator()
        return [random.next(), random.next()].map { (part: UInt64) in
            let text = String(part, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
    }
}
