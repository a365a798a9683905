import Glibc
package import OCI
package import Problems

/// What goes wrong with content-addressed files.
package enum BlobProblem: Problem, Equatable {
    case missing(Digest)
    /// No upload with this name: it was committed, cancelled or collected.
    case noUpload(String)
    /// Another writer has the upload open.
    case uploadInUse(String)
    case full(path: String)
    case io(path: String, what: String, errno: Int32)

    static func failing(_ path: String, _ what: String, _ number: Int32) -> BlobProblem {
        number == ENOSPC || number == EDQUOT ? .full(path: path) : .io(path: path, what: what, errno: number)
    }

    package var code: String {
        switch self {
        case .missing: "store.blob.missing"
        case .noUpload: "store.upload.unknown"
        case .uploadInUse: "store.upload.in-use"
        case .full: "store.full"
        case .io: "store.io"
        }
    }

    package var summary: String {
        switch self {
        case .missing(let digest): "there is no blob \(digest)"
        case .noUpload(let id): "there is no upload \(id)"
        case .uploadInUse(let id): "the upload \(id) is being written by somebody else"
        case .full(let path): "the disk that holds \(path) is full"
        case .io(let path, let what, let number):
            "can't \(what) \(path): \(strerror(number).map { String(cString: $0) } ?? "error \(number)")"
        }
    }

    package var remedy: String? {
        switch self {
        case .missing: "Push or build it again."
        case .noUpload: "Begin a new upload."
        case .uploadInUse: "Wait until the other request has ended, then ask for the upload's status."
        case .full: "Free some space, then go on; nothing that was acknowledged is lost."
        case .io: "Check the disk and the permissions of the data directory."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .missing, .noUpload: .notFound
        case .uploadInUse: .conflict
        case .full: .exhausted
        case .io: .failed
        }
    }
}
