package import OCI
package import Problems

/// Why another registry could not be used.
package enum RegistryClientProblem: Problem {
    /// Nothing answers there.
    case unreachable(host: String, cause: any Error)
    case unauthorized(host: String, why: String)
    case notFound(ImageReference)
    /// An answer with a status that doesn't fit; `body` is the beginning of what it said.
    case refused(host: String, what: String, status: Int, body: String)
    /// The answer is not what the specification promises.
    case unexpected(host: String, what: String)
    /// A blob that broke off again and again.
    case interrupted(Digest, got: Int64, size: Int64, cause: any Error)

    package var code: String {
        switch self {
        case .unreachable: "registry.client.unreachable"
        case .unauthorized: "registry.client.unauthorized"
        case .notFound: "registry.client.not-found"
        case .refused: "registry.client.refused"
        case .unexpected: "registry.client.unexpected"
        case .interrupted: "registry.client.interrupted"
        }
    }

    package var summary: String {
        switch self {
        case .unreachable(let host, _): "the registry \(host) can't be reached"
        case .unauthorized(let host, let why): "the registry \(host) wants a login: \(why)"
        case .notFound(let reference): "there is no image \(reference.familiar)"
        case .refused(let host, let what, let status, let body):
            "the registry \(host) answers \(status) to \(what)" + (body.isEmpty ? "" : ": \(body)")
        case .unexpected(let host, let what): "the registry \(host) \(what)"
        case .interrupted(let digest, let got, let size, _):
            "the transfer of \(digest.algorithm.rawValue):\(digest.short) broke off again and again, at \(got) of \(size) bytes"
        }
    }

    package var remedy: String? {
        switch self {
        case .unreachable:
            "Check the name, the network and the proxy, or import the image with \"estiba image import\"."
        case .unauthorized: "Log in with \"docker login\" or \"podman login\", or set credentials in the configuration."
        case .notFound: "Check the name and the tag; private images need a login."
        case .refused(_, _, let status, _): status == 429 ? "Wait, or log in to raise the limit." : nil
        case .unexpected: "Check that this host is a registry."
        case .interrupted: "Try again; what arrived is kept where the registry allows it."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .unreachable, .interrupted: .unavailable
        case .unauthorized: .unauthenticated
        case .notFound: .notFound
        case .refused(_, _, let status, _): status == 429 ? .exhausted : status >= 500 ? .unavailable : .failed
        case .unexpected: .failed
        }
    }

    package var cause: (any Error)? {
        switch self {
        case .unreachable(_, let cause), .interrupted(_, _, _, let cause): cause
        default: nil
        }
    }
}
