package import Kube

package import struct FoundationEssentials.Date

/// All that a decision about a pod rests on.
package struct PodFacts: Sendable {
    package var pod: Pod
    package var containers: [String: ContainerRecord]
    package var sandbox: SandboxPhase
    /// The pod has left the API, or another one has taken its name.
    package var isGone: Bool
    /// Something of an ended container is being removed at this moment.
    package var isCleaning = false
    /// Since when the pod is to end, by this node's clock.
    package var endingSince: Date?
    package var now: Date

    package init(
        pod: Pod, containers: [String: ContainerRecord] = [:], sandbox: SandboxPhase = .absent, isGone: Bool = false,
        endingSince: Date? = nil, now: Date
    ) {
        self.pod = pod
        self.containers = containers
        self.sandbox = sandbox
        self.isGone = isGone
        self.endingSince = endingSince
        self.now = now
    }

    package func record(_ name: String) -> ContainerRecord { containers[name] ?? ContainerRecord() }

    package var isEnding: Bool { isGone || pod.isTerminating }

    package var initContainers: [Container] { pod.spec.initContainers ?? [] }
}

/// What all containers of a pod share: namespaces, address, volumes.
package enum SandboxPhase: Sendable, Equatable {
    case absent
    case preparing
    case ready
    /// It couldn't be made; the next try is at `retryAt`.
    case failed(retryAt: Date)
}

/// What the node does next for a pod.
package enum PodAction: Sendable, Equatable {
    /// Make namespaces, address and volumes.
    case prepareSandbox
    /// Pull the image, create and start the container. `attempt` counts from 0.
    case start(container: String, attempt: Int)
    /// Run the preStop hook, ask the container to end, kill it after `grace` seconds.
    case stop(container: String, grace: Double, message: String)
    /// A container ended and waits: show the reason.
    case hold(container: String, reason: String, message: String)
    /// No container runs and none will: give the address and mounts back, keep logs and status.
    case releaseSandbox
    /// The pod is over: remove everything, and the object from the API.
    case remove
}

/// The decision: what to do now, and when to decide again if nothing happens before.
package struct PodPlan: Sendable, Equatable {
    package var actions: [PodAction] = []
    package var wakeAt: Date?

    package init(actions: [PodAction] = [], wakeAt: Date? = nil) {
        self.actions = actions
        self.wakeAt = wakeAt
    }

    mutating func wake(at date: Date?) {
        guard let date else { return }
        wakeAt = min(wakeAt ?? date, date)
    }
}
