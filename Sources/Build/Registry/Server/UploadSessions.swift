import OCI
import Store
import Synchronization

/// The uploads whose writers are open between two requests, so that their hash needn't be computed again.
/// One request at a time has a writer; after a restart, uploads are opened again from their files.
final class UploadSessions: Sendable {
    private let blobs: BlobStore
    private let idle = Mutex<[String: BlobWriter]>([:])

    init(_ blobs: BlobStore) {
        self.blobs = blobs
    }

    func begin() throws -> BlobWriter { try blobs.beginUpload() }

    /// Takes the upload for one request; `giveBack` ends that.
    ///
    /// - Throws: `BlobProblem.noUpload`, `.uploadInUse`.
    func take(_ id: String) throws -> BlobWriter {
        if let writer = idle.withLock({ $0.removeValue(forKey: id) }) { return writer }
        return try blobs.resumeUpload(id)
    }

    func giveBack(_ writer: BlobWriter) {
        idle.withLock { writers in
            // Open files are few; an upload that is pushed out is opened from its file when it goes on.
            if writers.count >= 64, let oldest = writers.keys.first { writers[oldest] = nil }
            writers[writer.id] = writer
        }
    }
}
