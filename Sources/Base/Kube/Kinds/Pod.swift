/// core/v1 Pod.
package struct Pod: KubeKind {
    package static let resource = ResourceType(kind: "Pod", plural: "pods")
    package var metadata: ObjectMeta
    package var spec: PodSpec
    package var status: PodStatus?

    package init(metadata: ObjectMeta, spec: PodSpec, status: PodStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package var isReady: Bool { status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }
    package var isTerminating: Bool { metadata.deletionTimestamp != nil }
    package var isFinished: Bool { status?.phase == "Succeeded" || status?.phase == "Failed" }
}

/// The fields of core/v1 PodSpec that Estiba reads.
package struct PodSpec: Codable, Sendable, Equatable {
    package var containers: [Container]
    package var initContainers: [Container]?
    package var volumes: [Volume]?
    package var restartPolicy: String?
    package var terminationGracePeriodSeconds: Int?
    package var nodeName: String?
    package var nodeSelector: [String: String]?
    package var serviceAccountName: String?
    package var automountServiceAccountToken: Bool?
    package var hostNetwork: Bool?
    package var hostname: String?
    package var subdomain: String?
    package var dnsPolicy: String?
    package var hostAliases: [HostAlias]?
    package var enableServiceLinks: Bool?
    package var securityContext: PodSecurityContext?
    package var priority: Int?

    package init(
        containers: [Container], restartPolicy: String? = nil, nodeName: String? = nil, volumes: [Volume]? = nil
    ) {
        self.containers = containers
        self.restartPolicy = restartPolicy
        self.nodeName = nodeName
        self.volumes = volumes
    }
}

/// core/v1 HostAlias: a line of /etc/hosts.
package struct HostAlias: Codable, Sendable, Equatable {
    package var ip: String
    package var hostnames: [String]?
}

/// core/v1 PodSecurityContext.
package struct PodSecurityContext: Codable, Sendable, Equatable {
    package var runAsUser: Int?
    package var runAsGroup: Int?
    package var runAsNonRoot: Bool?
    package var fsGroup: Int?
    package var supplementalGroups: [Int]?
    package var sysctls: [NameValue]?
}

/// A name with a value.
package struct NameValue: Codable, Sendable, Equatable {
    package var name: String
    package var value: String
}

/// core/v1 PodStatus.
package struct PodStatus: Codable, Sendable, Equatable {
    package var phase: String?
    package var conditions: [Condition]?
    package var reason: String?
    package var message: String?
    package var podIP: String?
    package var podIPs: [PodIP]?
    package var hostIP: String?
    package var hostIPs: [PodIP]?
    package var startTime: String?
    package var qosClass: String?
    package var observedGeneration: Int?
    package var initContainerStatuses: [ContainerStatus]?
    package var containerStatuses: [ContainerStatus]?

    package init(phase: String? = nil, conditions: [Condition]? = nil, podIP: String? = nil) {
        self.phase = phase
        self.conditions = conditions
        self.podIP = podIP
    }
}

/// An address of a pod or host.
package struct PodIP: Codable, Sendable, Equatable {
    package var ip: String
    package init(ip: String) { self.ip = ip }
}

/// core/v1 ContainerStatus.
package struct ContainerStatus: Codable, Sendable, Equatable {
    package var name: String
    package var image: String
    package var imageID: String
    package var containerID: String?
    package var ready: Bool
    package var started: Bool?
    package var restartCount: Int
    package var state: ContainerState?
    package var lastState: ContainerState?

    package init(name: String, image: String, imageID: String = "", ready: Bool = false, restartCount: Int = 0) {
        self.name = name
        self.image = image
        self.imageID = imageID
        self.ready = ready
        self.restartCount = restartCount
    }
}

/// core/v1 ContainerState: exactly one of the three is set.
package struct ContainerState: Codable, Sendable, Equatable {
    package var waiting: Waiting?
    package var running: Running?
    package var terminated: Terminated?

    package init(waiting: Waiting? = nil, running: Running? = nil, terminated: Terminated? = nil) {
        self.waiting = waiting
        self.running = running
        self.terminated = terminated
    }

    /// Not running yet, and why.
    package struct Waiting: Codable, Sendable, Equatable {
        package var reason: String?
        package var message: String?
        package init(reason: String? = nil, message: String? = nil) {
            self.reason = reason
            self.message = message
        }
    }

    /// Running since.
    package struct Running: Codable, Sendable, Equatable {
        package var startedAt: String?
        package init(startedAt: String? = nil) { self.startedAt = startedAt }
    }

    /// Ended: exit code, or 128 + signal.
    package struct Terminated: Codable, Sendable, Equatable {
        package var exitCode: Int
        package var signal: Int?
        package var reason: String?
        package var message: String?
        package var startedAt: String?
        package var finishedAt: String?
        package var containerID: String?
        package init(exitCode: Int, reason: String? = nil, message: String? = nil) {
            self.exitCode = exitCode
            self.reason = reason
            self.message = message
        }
    }
}
