package import Problems

/// Why a protobuf body can't be read.
package enum ProtobufProblem: Problem, Equatable {
    case notEnveloped
    case truncated
    case unknownKind(String)
    case malformed(String)

    package var code: String { "kube.protobuf" }

    package var summary: String {
        switch self {
        case .notEnveloped: "the body is not a Kubernetes protobuf object (it does not begin with k8s)"
        case .truncated: "the protobuf body ends inside a field"
        case .unknownKind(let kind): "no protobuf schema for \(kind)"
        case .malformed(let why): "the protobuf body is not valid: \(why)"
        }
    }

    package var category: ProblemCategory { .invalid }
}
