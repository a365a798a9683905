package import Problems

/// What goes wrong between a client and an API server.
package enum ClusterProblem: Problem {
    /// The server answered with a `Status` (meta/v1): its HTTP code, reason and message.
    case status(code: Int, reason: String, message: String)
    case unreadable(what: String, why: String)
    case tooLarge(limit: Int)
    case unreachable(server: String, why: String)

    package var code: String {
        switch self {
        case .status: "cluster.status"
        case .unreadable: "cluster.unreadable"
        case .tooLarge: "cluster.too-large"
        case .unreachable: "cluster.unreachable"
        }
    }

    package var summary: String {
        switch self {
        case .status(let code, let reason, let message):
            message.isEmpty ? "the API server answered \(code) \(reason)" : message
        case .unreadable(let what, let why): "the API server's \(what) can't be read: \(why)"
        case .tooLarge(let limit): "the API server's answer is larger than \(limit) bytes"
        case .unreachable(let server, let why): "the API server at \(server) can't be reached: \(why)"
        }
    }

    package var remedy: String? {
        switch self {
        case .unreachable: "Check that the cluster runs and that the kubeconfig names it rightly."
        case .status(401, _, _): "Check the token or certificate in the kubeconfig."
        default: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .status(let code, _, _):
            switch code {
            case 401: .unauthenticated
            case 403: .denied
            case 404: .notFound
            case 409: .conflict
            case 429: .exhausted
            case 503: .unavailable
            case 504: .timedOut
            case 400..<500: .invalid
            default: .failed
            }
        case .unreadable: .failed
        case .tooLarge: .exhausted
        case .unreachable: .unavailable
        }
    }

    package var isNotFound: Bool { category == .notFound }
    package var isConflict: Bool { category == .conflict }
    /// A watch from a version that is gone (410).
    package var isExpired: Bool { if case .status(410, _, _) = self { true } else { false } }
    package var isAlreadyExists: Bool { if case .status(_, "AlreadyExists", _) = self { true } else { false } }
}
