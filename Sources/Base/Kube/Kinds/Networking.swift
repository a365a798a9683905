/// core/v1 Service.
package struct Service: KubeKind {
    package static let resource = ResourceType(kind: "Service", plural: "services")
    package var metadata: ObjectMeta
    package var spec: ServiceSpec

    package init(metadata: ObjectMeta, spec: ServiceSpec) {
        self.metadata = metadata
        self.spec = spec
    }
}

/// core/v1 ServiceSpec.
package struct ServiceSpec: Codable, Sendable, Equatable {
    package var type: String?
    package var selector: [String: String]?
    package var ports: [ServicePort]?
    package var clusterIP: String?
    package var clusterIPs: [String]?
    package var sessionAffinity: String?
    package var externalName: String?
    package var publishNotReadyAddresses: Bool?

    package init(selector: [String: String]? = nil, ports: [ServicePort]? = nil, clusterIP: String? = nil) {
        self.selector = selector
        self.ports = ports
        self.clusterIP = clusterIP
    }
}

/// core/v1 ServicePort.
package struct ServicePort: Codable, Sendable, Equatable {
    package var name: String?
    package var `protocol`: String?
    package var port: Int
    package var targetPort: IntOrString?
    package var nodePort: Int?

    package init(name: String? = nil, port: Int, targetPort: IntOrString? = nil) {
        self.name = name
        self.port = port
        self.targetPort = targetPort
    }
}

/// discovery.k8s.io/v1 EndpointSlice.
package struct EndpointSlice: KubeKind {
    package static let resource = ResourceType(
        group: "discovery.k8s.io", kind: "EndpointSlice", plural: "endpointslices")
    /// The label that names the Service a slice belongs to.
    package static let serviceLabel = "kubernetes.io/service-name"
    package var metadata: ObjectMeta
    package var addressType: String
    package var endpoints: [Endpoint]?
    package var ports: [Port]?

    package init(metadata: ObjectMeta, addressType: String = "IPv4", endpoints: [Endpoint]?, ports: [Port]?) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    /// discovery/v1 Endpoint.
    package struct Endpoint: Codable, Sendable, Equatable {
        package var addresses: [String]
        package var conditions: EndpointConditions?
        /// The pod's host name, if its subdomain names the service: it gets a DNS name of its own.
        package var hostname: String?
        package var nodeName: String?
        package var targetRef: ObjectReference?
        package init(
            addresses: [String], conditions: EndpointConditions?, nodeName: String? = nil,
            targetRef: ObjectReference? = nil
        ) {
            self.addresses = addresses
            self.conditions = conditions
            self.nodeName = nodeName
            self.targetRef = targetRef
        }
    }

    /// discovery/v1 EndpointConditions; an absent `ready` counts as true.
    package struct EndpointConditions: Codable, Sendable, Equatable {
        package var ready: Bool?
        package var serving: Bool?
        package var terminating: Bool?
        package init(ready: Bool?, serving: Bool? = nil, terminating: Bool? = nil) {
            self.ready = ready
            self.serving = serving
            self.terminating = terminating
        }
    }

    /// discovery/v1 EndpointPort.
    package struct Port: Codable, Sendable, Equatable {
        package var name: String?
        package var `protocol`: String?
        package var port: Int?
        package init(name: String?, protocol: String? = "TCP", port: Int?) {
            self.name = name
            self.protocol = `protocol`
            self.port = port
        }
    }
}

/// core/v1 ObjectReference.
package struct ObjectReference: Codable, Sendable, Equatable {
    package var apiVersion: String?
    package var kind: String?
    package var namespace: String?
    package var name: String?
    package var uid: String?
    package var resourceVersion: String?
    package var fieldPath: String?
    package init(apiVersion: String? = nil, kind: String?, namespace: String?, name: String?, uid: String? = nil) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}
