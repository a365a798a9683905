import Kube

/// Questions that are answered and never stored.
enum Review: String, Sendable, CaseIterable {
    case access = "SelfSubjectAccessReview"
    case identity = "SelfSubjectReview"

    static var all: [Review] { allCases }

    var group: String { self == .access ? "authorization.k8s.io" : "authentication.k8s.io" }
    var plural: String { rawValue.lowercased() + "s" }
    var apiVersion: String { "\(group)/v1" }
    var message: String { self == .access ? "authorization.\(rawValue)" : "authentication.\(rawValue)" }
}

extension KubernetesAPI {
    func answer(review: Review, _ request: ClusterRequest, _ caller: Caller) throws -> ClusterResponse {
        var object = try bodies.object(
            request, kind: review.rawValue, apiVersion: review.apiVersion, message: review.message
        ).object
        object.fill("metadata", [:])
        switch review {
        case .access:
            // Whoever is let in by a token holds the whole cluster.
            object["status"] = ["allowed": .bool(!caller.isAnonymous)]
        case .identity:
            object["status"] = [
                "userInfo": ["username": .string(caller.user), "groups": .array(caller.groups.map { .string($0) })]
            ]
        }
        return .json(object, status: 201)
    }
}
