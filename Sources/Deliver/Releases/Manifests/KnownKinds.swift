package import Kube

/// The kinds that a release may hold, in the order in which they are applied.
package enum KnownKinds {
    /// One kind: how the API serves it, and when it is applied.
    package struct Entry: Sendable {
        package let resource: ResourceType
        package let stage: Stage
    }

    /// When an object of a kind takes effect in a deployment.
    package enum Stage: Int, Sendable, Comparable {
        /// What pods read: before them.
        case configuration
        /// The pods.
        case workload
        /// How pods are found: after they are ready, unless it is new.
        case service
        /// How traffic comes in: last.
        case route
        package static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    package static let all: [Entry] = [
        Entry(resource: ServiceAccount.resource, stage: .configuration),
        Entry(resource: ConfigMap.resource, stage: .configuration),
        Entry(resource: Secret.resource, stage: .configuration),
        Entry(
            resource: ResourceType(kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims"),
            stage: .configuration),
        Entry(resource: rbac("Role", "roles"), stage: .configuration),
        Entry(resource: rbac("RoleBinding", "rolebindings"), stage: .configuration),
        Entry(
            resource: ResourceType(group: "networking.k8s.io", kind: "NetworkPolicy", plural: "networkpolicies"),
            stage: .configuration),
        Entry(
            resource: ResourceType(group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets"),
            stage: .configuration),
        Entry(resource: Deployment.resource, stage: .workload),
        Entry(
            resource: ResourceType(group: "apps", kind: "StatefulSet", plural: "statefulsets"), stage: .workload),
        Entry(resource: Service.resource, stage: .service),
        Entry(resource: KubeGateway.resource, stage: .service),
        Entry(resource: HTTPRoute.resource, stage: .route),
    ]

    /// Kinds that people try and that are not delivered yet, with what to do instead.
    static let unsupported: [String: String] = [
        "Namespace": "Estiba makes one namespace for each environment; remove it.",
        "Ingress": "Write an HTTPRoute (gateway.networking.k8s.io/v1).",
        "DaemonSet": "Apply it with kubectl beside the release.",
        "ReplicaSet": "Use a Deployment.",
        "Pod": "Use a Deployment.",
        "Job": "Run it as a step of the workflow, or apply it with kubectl.",
        "CronJob": "Apply it with kubectl beside the release.",
        "HorizontalPodAutoscaler": "Set the replicas in the Deployment.",
    ]

    /// The entry of a kind by its name; the group must match too.
    package static func entry(apiVersion: String, kind: String) -> Entry? {
        all.first { $0.resource.kind == kind && $0.resource.apiVersion == apiVersion }
    }

    package static func entry(kind: String) -> Entry? { all.first { $0.resource.kind == kind } }

    private static func rbac(_ kind: String, _ plural: String) -> ResourceType {
        ResourceType(group: "rbac.authorization.k8s.io", kind: kind, plural: plural)
    }
}
