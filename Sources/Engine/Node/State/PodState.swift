package import Kube

package import struct FoundationEssentials.Date

/// What the node must not forget about a pod.
package struct PodState: Codable, Sendable, Equatable {
    /// As last seen in the API.
    package var pod: Pod
    package var containers: [String: ContainerRecord]
    /// When the node took the pod.
    package var startTime: Date
    /// Since when it is to end, by this node's clock.
    package var endingSince: Date?
    package var podAddress: String?

    package init(pod: Pod, startTime: Date) {
        self.pod = pod
        self.startTime = startTime
        containers = [:]
    }

    package static func == (left: PodState, right: PodState) -> Bool {
        left.pod.metadata == right.pod.metadata && left.pod.spec == right.pod.spec
            && left.containers == right.containers
            && left.startTime == right.startTime && left.endingSince == right.endingSince
            && left.podAddress == right.podAddress
    }
}
