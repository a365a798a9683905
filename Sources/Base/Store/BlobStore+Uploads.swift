import Glibc
import OCI

/// Uploads that can be continued: each is a file in `uploads/`, locked while somebody writes to it.
extension BlobStore {
    func uploadPath(_ id: String) -> String { "\(root)/uploads/\(id)" }

    /// Begins an upload that is kept until it is committed, cancelled or collected.
    package func beginUpload() throws(BlobProblem) -> BlobWriter {
        try BlobWriter(store: self, id: Self.newID(), isNew: true, keepsPartial: true)
    }

    /// Goes on with an upload; reads what is there to restore its hash.
    ///
    /// - Throws: `BlobProblem.noUpload`, or `.uploadInUse` while another writer is alive.
    package func resumeUpload(_ id: String) throws(BlobProblem) -> BlobWriter {
        guard id.utf8.count == 32, id.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) })
        else {
            throw .noUpload(id)
        }
        return try BlobWriter(store: self, id: id, isNew: false, keepsPartial: true)
    }
}
