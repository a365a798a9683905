import Kube

/// What a pod asks for, in thousandths of each resource's unit: the sum over its containers, or the largest of its init
/// containers where that is more. A limit without a request counts as the request.
struct PodRequests: Sendable, Equatable {
    let milli: [String: Int]

    init(_ pod: Pod) {
        var sum: [String: Int] = [:]
        for container in pod.spec.containers { sum.merge(Self.requests(of: container), uniquingKeysWith: +) }
        for container in pod.spec.initContainers ?? [] {
            sum.merge(Self.requests(of: container), uniquingKeysWith: max)
        }
        milli = sum
    }

    private static func requests(of container: Container) -> [String: Int] {
        let requests = (container.resources?.limits ?? [:]).merging(container.resources?.requests ?? [:]) { $1 }
        return requests.mapValues(\.milli)
    }
}
