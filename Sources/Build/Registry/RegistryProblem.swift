package import OCI
package import Problems

/// What a registry refuses, with the codes of the distribution specification (v1.1 § Error Codes).
package enum RegistryProblem: Problem, Equatable {
    case invalidName(String)
    case unknownName(String)
    case unknownBlob(Digest)
    case unknownManifest(repository: String, reference: String)
    /// The manifest exists in a type that the client doesn't accept.
    case notAcceptable(repository: String, reference: String, type: MediaType)
    case invalidManifest(why: String)
    /// A manifest names content that the repository lacks.
    case manifestRefersToUnknown(Digest)
    case invalidDigest(why: String)
    case unknownUpload(String)
    case invalidUpload(why: String)
    /// A piece that doesn't continue the upload where it stands.
    case outOfOrder(upload: String, size: Int64)
    case unsatisfiableRange(size: Int64)
    case tooLarge(limit: Int)
    case unauthorized
    case denied(why: String)
    case unsupported(what: String)

    /// The code in the error body.
    package var ociCode: String {
        switch self {
        case .invalidName: "NAME_INVALID"
        case .unknownName: "NAME_UNKNOWN"
        case .unknownBlob: "BLOB_UNKNOWN"
        case .unknownManifest, .notAcceptable: "MANIFEST_UNKNOWN"
        case .invalidManifest: "MANIFEST_INVALID"
        case .manifestRefersToUnknown: "MANIFEST_BLOB_UNKNOWN"
        case .invalidDigest: "DIGEST_INVALID"
        case .unknownUpload: "BLOB_UPLOAD_UNKNOWN"
        case .invalidUpload, .outOfOrder: "BLOB_UPLOAD_INVALID"
        case .unsatisfiableRange, .tooLarge: "SIZE_INVALID"
        case .unauthorized: "UNAUTHORIZED"
        case .denied: "DENIED"
        case .unsupported: "UNSUPPORTED"
        }
    }

    package var httpStatus: Int {
        switch self {
        case .invalidName, .invalidManifest, .manifestRefersToUnknown, .invalidDigest, .invalidUpload: 400
        case .unauthorized: 401
        case .denied: 403
        case .unknownName, .unknownBlob, .unknownManifest, .notAcceptable, .unknownUpload: 404
        case .unsupported: 405
        case .tooLarge: 413
        case .outOfOrder, .unsatisfiableRange: 416
        }
    }

    package var code: String { "registry." + ociCode.lowercased().replacing("_", with: "-") }

    package var summary: String {
        switch self {
        case .invalidName(let name): "\"\(name)\" can't be the name of a repository"
        case .unknownName(let name): "the registry has no repository \(name)"
        case .unknownBlob(let digest): "the repository has no blob \(digest)"
        case .unknownManifest(let repository, let reference): "\(repository) has no manifest \(reference)"
        case .notAcceptable(let repository, let reference, let type):
            "\(repository):\(reference) is of the type \(type), which the request's Accept header doesn't name"
        case .invalidManifest(let why): "the manifest is not valid: \(why)"
        case .manifestRefersToUnknown(let digest): "the manifest refers to \(digest), which the repository lacks"
        case .invalidDigest(let why): why
        case .unknownUpload(let id): "there is no upload \(id)"
        case .invalidUpload(let why): "the upload is not valid: \(why)"
        case .outOfOrder(let id, let size): "the piece doesn't continue the upload \(id), which has \(size) bytes"
        case .unsatisfiableRange(let size): "the range lies outside of the blob's \(size) bytes"
        case .tooLarge(let limit): "the manifest is larger than \(limit) bytes"
        case .unauthorized: "the registry wants to know who is asking"
        case .denied(let why): "the registry denies it: \(why)"
        case .unsupported(let what): "the registry doesn't support \(what)"
        }
    }

    package var remedy: String? {
        switch self {
        case .invalidName: "Use lower-case letters and digits, separated by \".\", \"_\", \"-\" or \"/\"."
        case .unknownName, .unknownManifest: "Look for what there is with \"estiba image ls\", or push it first."
        case .unknownBlob, .manifestRefersToUnknown: "Push the blob to this repository first."
        case .notAcceptable: "Ask again with this type in the Accept header."
        case .unknownUpload: "Begin a new upload."
        case .outOfOrder: "Ask for the upload's status and continue from there."
        case .unauthorized: "Log in to the registry first."
        default: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .unknownName, .unknownBlob, .unknownManifest, .notAcceptable, .unknownUpload: .notFound
        case .unauthorized: .unauthenticated
        case .denied: .denied
        case .unsupported: .unsupported
        case .outOfOrder: .conflict
        default: .invalid
        }
    }
}
