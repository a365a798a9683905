import Glibc
package import OCI
import Synchronization

/// A blob on its way in. Bytes are hashed as they are written; `commit` verifies, syncs and puts the blob in its place.
///
/// A writer made by `BlobStore.beginUpload` survives: what was written stays in a file that can be continued later, by
/// another process too. When a write fails, what came before it is kept.
package final class BlobWriter: ByteSink, Sendable {
    /// Names the upload for `BlobStore.resumeUpload`.
    package let id: String
    private let store: BlobStore
    private let keepsPartial: Bool
    private let state: Mutex<State>

    private struct State {
        var descriptor: Int32
        var hasher = DigestHasher()
        var size: Int64 = 0
    }

    init(store: BlobStore, id: String, isNew: Bool, keepsPartial: Bool) throws(BlobProblem) {
        self.id = id
        self.store = store
        self.keepsPartial = keepsPartial
        let path = store.uploadPath(id)
        let descriptor = open(path, O_RDWR | O_CLOEXEC | (isNew ? O_CREAT | O_EXCL : 0), 0o644)
        guard descriptor >= 0 else {
            if !isNew && errno == ENOENT { throw .noUpload(id) }
            throw .failing(path, "create", errno)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw .uploadInUse(id)
        }
        var state = State(descriptor: descriptor)
        if !isNew {
            let failure = BlobWriter.rehash(&state)
            if failure != 0 {
                close(descriptor)
                throw .io(path: path, what: "read", errno: failure)
            }
        }
        self.state = Mutex(state)
    }

    deinit {
        state.withLock { state in
            if state.descriptor >= 0 {
                close(state.descriptor)
                if !keepsPartial { unlink(store.uploadPath(id)) }
            }
        }
    }

    /// Bytes so far.
    package var size: Int64 { state.withLock { $0.size } }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        try state.withLock { state in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = pwrite(state.descriptor, rest.baseAddress, rest.count, Int(state.size) + done)
                if count >= 0 {
                    done += count
                } else if errno != EINTR {
                    let number = errno
                    // Leave the file as it was before this piece, so that the sender can go on from there.
                    ftruncate(state.descriptor, Int(state.size))
                    throw BlobProblem.failing(store.uploadPath(id), "write", number)
                }
            }
            state.hasher.update(bytes)
            state.size += Int64(done)
        }
    }

    /// Verifies, syncs and keeps the blob. On a mismatch the bytes are thrown away.
    ///
    /// - Throws: `OCIProblem.mismatch`, or `BlobProblem` where the disk fails; then the upload can be tried again.
    @discardableResult
    package func commit(expecting expected: Digest? = nil) throws -> Digest {
        try state.withLock { state in
            let temporary = store.uploadPath(id)
            guard state.descriptor >= 0 else { throw BlobProblem.noUpload(id) }
            var digest = state.hasher.finish()
            if let expected, expected.algorithm != digest.algorithm {
                digest = try Self.digest(of: state, algorithm: expected.algorithm)
            }
            if let expected, digest != expected {
                close(state.descriptor)
                state.descriptor = -1
                unlink(temporary)
                throw OCIProblem.mismatch(expected: expected, got: digest)
            }
            let final = store.path(digest)
            let directory = String(final[..<(final.lastIndex(of: "/") ?? final.endIndex)])
            try BlobStore.makeDirectory(directory)
            guard fsync(state.descriptor) == 0 else { throw BlobProblem.failing(temporary, "sync", errno) }
            guard rename(temporary, final) == 0 else { throw BlobProblem.failing(final, "put in place", errno) }
            let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if folder >= 0 {
                fsync(folder)
                close(folder)
            }
            close(state.descriptor)
            state.descriptor = -1
            return digest
        }
    }

    /// Forgets the upload and its bytes.
    package func cancel() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            unlink(store.uploadPath(id))
            close(state.descriptor)
            state.descriptor = -1
        }
    }

    private static func rehash(_ state: inout State) -> Int32 {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = pread(state.descriptor, buffer.baseAddress, buffer.count, Int(state.size))
            if count == 0 { return 0 }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            state.hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            state.size += Int64(count)
        }
    }

    private static func digest(of state: State, algorithm: Digest.Algorithm) throws -> Digest {
        var again = State(descriptor: state.descriptor, hasher: DigestHasher(algorithm))
        let failure = rehash(&again)
        if failure != 0 { throw BlobProblem.io(path: "an upload", what: "read", errno: failure) }
        return again.hasher.finish()
    }
}
