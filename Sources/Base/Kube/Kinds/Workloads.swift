/// A pod to be made. The spec stays a tree, so that fields unknown to Estiba reach the pod unchanged.
package struct PodTemplate: Codable, Sendable, Equatable {
    package var metadata: ObjectMeta?
    package var spec: JSON

    package init(metadata: ObjectMeta?, spec: JSON) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// apps/v1 Deployment.
package struct Deployment: KubeKind {
    package static let resource = ResourceType(group: "apps", kind: "Deployment", plural: "deployments")
    package var metadata: ObjectMeta
    package var spec: DeploymentSpec
    package var status: DeploymentStatus?

    package init(metadata: ObjectMeta, spec: DeploymentSpec, status: DeploymentStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// apps/v1 DeploymentSpec.
package struct DeploymentSpec: Codable, Sendable, Equatable {
    package var replicas: Int?
    package var selector: LabelSelector
    package var template: PodTemplate
    package var strategy: DeploymentStrategy?
    package var minReadySeconds: Int?
    package var revisionHistoryLimit: Int?
    package var paused: Bool?
    package var progressDeadlineSeconds: Int?

    package init(replicas: Int?, selector: LabelSelector, template: PodTemplate) {
        self.replicas = replicas
        self.selector = selector
        self.template = template
    }
}

/// apps/v1 DeploymentStrategy: `RollingUpdate` or `Recreate`.
package struct DeploymentStrategy: Codable, Sendable, Equatable {
    package var type: String?
    package var rollingUpdate: RollingUpdate?

    /// apps/v1 RollingUpdateDeployment.
    package struct RollingUpdate: Codable, Sendable, Equatable {
        package var maxUnavailable: IntOrString?
        package var maxSurge: IntOrString?
        package init(maxUnavailable: IntOrString? = nil, maxSurge: IntOrString? = nil) {
            self.maxUnavailable = maxUnavailable
            self.maxSurge = maxSurge
        }
    }

    package init(type: String?, rollingUpdate: RollingUpdate? = nil) {
        self.type = type
        self.rollingUpdate = rollingUpdate
    }
}

/// apps/v1 DeploymentStatus.
package struct DeploymentStatus: Codable, Sendable, Equatable {
    package var observedGeneration: Int?
    package var replicas: Int?
    package var updatedReplicas: Int?
    package var readyReplicas: Int?
    package var availableReplicas: Int?
    package var unavailableReplicas: Int?
    package var conditions: [Condition]?
    package init() {}
}

/// apps/v1 ReplicaSet.
package struct ReplicaSet: KubeKind {
    package static let resource = ResourceType(group: "apps", kind: "ReplicaSet", plural: "replicasets")
    package var metadata: ObjectMeta
    package var spec: ReplicaSetSpec
    package var status: ReplicaSetStatus?

    package init(metadata: ObjectMeta, spec: ReplicaSetSpec, status: ReplicaSetStatus? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }
}

/// apps/v1 ReplicaSetSpec.
package struct ReplicaSetSpec: Codable, Sendable, Equatable {
    package var replicas: Int?
    package var minReadySeconds: Int?
    package var selector: LabelSelector
    package var template: PodTemplate

    package init(replicas: Int?, selector: LabelSelector, template: PodTemplate) {
        self.replicas = replicas
        self.selector = selector
        self.template = template
    }
}

/// apps/v1 ReplicaSetStatus.
package struct ReplicaSetStatus: Codable, Sendable, Equatable {
    package var replicas: Int?
    package var fullyLabeledReplicas: Int?
    package var readyReplicas: Int?
    package var availableReplicas: Int?
    package var observedGeneration: Int?
    package var conditions: [Condition]?
    package init() {}
}
