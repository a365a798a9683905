/// core/v1 Namespace.
package struct Namespace: KubeKind {
    package static let resource = ResourceType(kind: "Namespace", plural: "namespaces", isNamespaced: false)
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?
    package init(metadata: ObjectMeta) { self.metadata = metadata }

    /// NamespaceSpec.
    package struct Spec: Codable, Sendable, Equatable {
        package var finalizers: [String]?
    }

    /// NamespaceStatus.
    package struct Status: Codable, Sendable, Equatable {
        package var phase: String?
    }
}

/// core/v1 ConfigMap.
package struct ConfigMap: KubeKind {
    package static let resource = ResourceType(kind: "ConfigMap", plural: "configmaps")
    package var metadata: ObjectMeta
    package var data: [String: String]?
    /// Values in base64.
    package var binaryData: [String: String]?
    package var immutable: Bool?
    package init(metadata: ObjectMeta, data: [String: String]?) {
        self.metadata = metadata
        self.data = data
    }
}

/// core/v1 Secret.
package struct Secret: KubeKind {
    package static let resource = ResourceType(kind: "Secret", plural: "secrets")
    package var metadata: ObjectMeta
    package var type: String?
    /// Values in base64.
    package var data: [String: String]?
    package init(metadata: ObjectMeta, type: String? = nil, data: [String: String]?) {
        self.metadata = metadata
        self.type = type
        self.data = data
    }
}

/// core/v1 ServiceAccount.
package struct ServiceAccount: KubeKind {
    package static let resource = ResourceType(kind: "ServiceAccount", plural: "serviceaccounts")
    package var metadata: ObjectMeta
    package init(metadata: ObjectMeta) { self.metadata = metadata }
}

/// core/v1 Node.
package struct KubeNode: KubeKind {
    package static let resource = ResourceType(kind: "Node", plural: "nodes", isNamespaced: false)
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?
    package init(metadata: ObjectMeta) { self.metadata = metadata }

    /// NodeSpec.
    package struct Spec: Codable, Sendable, Equatable {
        package var unschedulable: Bool?
        package var podCIDR: String?
        package var podCIDRs: [String]?
        package init() {}
    }

    /// NodeStatus.
    package struct Status: Codable, Sendable, Equatable {
        package var capacity: [String: Quantity]?
        package var allocatable: [String: Quantity]?
        package var conditions: [Condition]?
        package var addresses: [Address]?
        package var nodeInfo: JSON?
        package init() {}
    }

    /// NodeAddress.
    package struct Address: Codable, Sendable, Equatable {
        package var type: String
        package var address: String
        package init(type: String, address: String) {
            self.type = type
            self.address = address
        }
    }
}

/// core/v1 Event.
package struct KubeEvent: KubeKind {
    package static let resource = ResourceType(kind: "Event", plural: "events")
    package var metadata: ObjectMeta
    package var involvedObject: ObjectReference
    package var reason: String?
    package var message: String?
    /// Normal or Warning.
    package var type: String?
    package var source: Source?
    package var count: Int?
    package var firstTimestamp: String?
    package var lastTimestamp: String?
    package var reportingComponent: String?
    package var reportingInstance: String?
    package init(metadata: ObjectMeta, involvedObject: ObjectReference) {
        self.metadata = metadata
        self.involvedObject = involvedObject
    }

    /// EventSource.
    package struct Source: Codable, Sendable, Equatable {
        package var component: String?
        package var host: String?
        package init(component: String?, host: String? = nil) {
            self.component = component
            self.host = host
        }
    }
}
