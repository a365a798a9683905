/// gateway.networking.k8s.io/v1 Gateway.
package struct KubeGateway: KubeKind {
    package static let resource = ResourceType(group: "gateway.networking.k8s.io", kind: "Gateway", plural: "gateways")
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// GatewaySpec.
    package struct Spec: Codable, Sendable, Equatable {
        package var gatewayClassName: String
        package var listeners: [Listener]
        package init(gatewayClassName: String, listeners: [Listener]) {
            self.gatewayClassName = gatewayClassName
            self.listeners = listeners
        }
    }

    /// Listener.
    package struct Listener: Codable, Sendable, Equatable {
        package var name: String
        package var hostname: String?
        package var port: Int
        package var `protocol`: String
        /// AllowedRoutes: which namespaces' routes may use the listener.
        package var allowedRoutes: JSON?
        package init(name: String, port: Int, protocol: String) {
            self.name = name
            self.port = port
            self.protocol = `protocol`
        }
    }

    /// GatewayStatus.
    package struct Status: Codable, Sendable, Equatable {
        package var conditions: [Condition]?
        package var addresses: [Address]?
        package init() {}
    }

    /// GatewayStatusAddress.
    package struct Address: Codable, Sendable, Equatable {
        package var type: String?
        package var value: String?
        package init(type: String?, value: String?) {
            self.type = type
            self.value = value
        }
    }
}

/// gateway.networking.k8s.io/v1 HTTPRoute.
package struct HTTPRoute: KubeKind {
    package static let resource = ResourceType(
        group: "gateway.networking.k8s.io", kind: "HTTPRoute", plural: "httproutes")
    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: JSON?

    package init(metadata: ObjectMeta, spec: Spec) {
        self.metadata = metadata
        self.spec = spec
    }

    /// HTTPRouteSpec.
    package struct Spec: Codable, Sendable, Equatable {
        package var parentRefs: [ParentReference]?
        package var hostnames: [String]?
        package var rules: [Rule]?
        package init(parentRefs: [ParentReference]?, hostnames: [String]? = nil, rules: [Rule]?) {
            self.parentRefs = parentRefs
            self.hostnames = hostnames
            self.rules = rules
        }
    }

    /// ParentReference.
    package struct ParentReference: Codable, Sendable, Equatable {
        package var group: String?
        package var kind: String?
        package var namespace: String?
        package var name: String
        package var sectionName: String?
        package init(name: String, namespace: String? = nil) {
            self.name = name
            self.namespace = namespace
        }
    }

    /// HTTPRouteRule.
    package struct Rule: Codable, Sendable, Equatable {
        package var matches: [Match]?
        package var filters: JSON?
        package var backendRefs: [BackendRef]?
        package var timeouts: Timeouts?
        package init(matches: [Match]?, backendRefs: [BackendRef]?) {
            self.matches = matches
            self.backendRefs = backendRefs
        }
    }

    /// HTTPRouteTimeouts: Gateway API durations such as `10s`.
    package struct Timeouts: Codable, Sendable, Equatable {
        package var request: String?
        package var backendRequest: String?
    }

    /// HTTPRouteMatch.
    package struct Match: Codable, Sendable, Equatable {
        package var path: PathMatch?
        package var method: String?
        package var headers: JSON?
        package var queryParams: JSON?
        package init(path: PathMatch?) { self.path = path }
    }

    /// HTTPPathMatch: `Exact`, `PathPrefix` or `RegularExpression`.
    package struct PathMatch: Codable, Sendable, Equatable {
        package var type: String?
        package var value: String?
        package init(type: String?, value: String?) {
            self.type = type
            self.value = value
        }
    }

    /// HTTPBackendRef.
    package struct BackendRef: Codable, Sendable, Equatable {
        package var group: String?
        package var kind: String?
        package var name: String
        package var namespace: String?
        package var port: Int?
        package var weight: Int?
        package init(name: String, port: Int?, weight: Int? = nil) {
            self.name = name
            self.port = port
            self.weight = weight
        }
    }
}
