package import Problems

/// What goes wrong when this node runs pods.
package enum NodeProblem: Problem, Equatable {
    /// The container can't be described: something that it refers to is missing or wrong.
    case containerConfiguration(String)
    case volume(name: String, why: String)
    case volumeUnsupported(name: String, kind: String, remedy: String)
    case imagePull(reference: String, why: String)
    /// `imagePullPolicy: Never` and the image isn't here.
    case imageAbsent(reference: String)
    case securityContext(String)
    case record(path: String, why: String)
    case log(message: String, category: ProblemCategory)

    package var code: String {
        switch self {
        case .containerConfiguration: "node.container-configuration"
        case .volume: "node.volume"
        case .volumeUnsupported: "node.volume-unsupported"
        case .imagePull: "node.image-pull"
        case .imageAbsent: "node.image-absent"
        case .securityContext: "node.security-context"
        case .record: "node.record"
        case .log: "node.log"
        }
    }

    package var summary: String {
        switch self {
        case .containerConfiguration(let sentence), .securityContext(let sentence): sentence
        case .volume(let name, let why): "volume \"\(name)\" can't be set up: \(why)"
        case .volumeUnsupported(let name, let kind, _):
            "volume \"\(name)\" is of a kind that this node doesn't support: \(kind)"
        case .imagePull(let reference, let why): "image \"\(reference)\" can't be pulled: \(why)"
        case .imageAbsent(let reference): "image \"\(reference)\" is not present with pull policy of Never"
        case .record(let path, let why): "the pod's record at \(path) can't be kept: \(why)"
        case .log(let message, _): message
        }
    }

    package var remedy: String? {
        switch self {
        case .containerConfiguration:
            "Create what is missing, or mark the reference as optional; the node tries again by itself."
        case .volume: "Correct the volume or create what it refers to; the node tries again by itself."
        case .volumeUnsupported(_, _, let remedy): remedy
        case .imagePull: "Check the image's name and that its registry can be reached; the node tries again by itself."
        case .imageAbsent: "Import the image, or set imagePullPolicy to IfNotPresent."
        case .securityContext: "Correct the securityContext of the pod."
        case .record: "Check free space and permissions of the data directory."
        case .log: nil
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .containerConfiguration, .securityContext: .invalid
        case .volumeUnsupported: .unsupported
        case .log(_, let category): category
        default: .failed
        }
    }
}
