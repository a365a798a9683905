/// core/v1 Container.
package struct Container: Codable, Sendable, Equatable {
    package var name: String
    package var image: String?
    package var command: [String]?
    package var args: [String]?
    package var workingDir: String?
    package var ports: [ContainerPort]?
    package var env: [EnvVar]?
    package var envFrom: [EnvFromSource]?
    package var resources: ResourceRequirements?
    package var volumeMounts: [VolumeMount]?
    package var livenessProbe: Probe?
    package var readinessProbe: Probe?
    package var startupProbe: Probe?
    package var lifecycle: Lifecycle?
    package var imagePullPolicy: String?
    package var securityContext: SecurityContext?
    package var terminationMessagePath: String?
    package var tty: Bool?
    package var stdin: Bool?

    package init(name: String, image: String?, command: [String]? = nil, ports: [ContainerPort]? = nil) {
        self.name = name
        self.image = image
        self.command = command
        self.ports = ports
    }
}

/// core/v1 ContainerPort.
package struct ContainerPort: Codable, Sendable, Equatable {
    package var name: String?
    package var containerPort: Int
    package var hostPort: Int?
    package var `protocol`: String?
    package init(containerPort: Int, name: String? = nil) {
        self.containerPort = containerPort
        self.name = name
    }
}

/// core/v1 EnvVar.
package struct EnvVar: Codable, Sendable, Equatable {
    package var name: String
    package var value: String?
    package var valueFrom: EnvVarSource?
    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// core/v1 EnvVarSource: one of the fields is set.
package struct EnvVarSource: Codable, Sendable, Equatable {
    package var configMapKeyRef: KeyReference?
    package var secretKeyRef: KeyReference?
    package var fieldRef: FieldReference?
    package var resourceFieldRef: ResourceFieldReference?
}

/// A key of a ConfigMap or Secret.
package struct KeyReference: Codable, Sendable, Equatable {
    package var name: String?
    package var key: String
    package var optional: Bool?
}

/// A field of the pod itself, such as `metadata.labels['app']`.
package struct FieldReference: Codable, Sendable, Equatable {
    package var fieldPath: String
}

/// core/v1 ResourceFieldSelector.
package struct ResourceFieldReference: Codable, Sendable, Equatable {
    package var resource: String
    package var containerName: String?
    package var divisor: String?
}

/// core/v1 EnvFromSource.
package struct EnvFromSource: Codable, Sendable, Equatable {
    package var prefix: String?
    package var configMapRef: NameReference?
    package var secretRef: NameReference?
}

/// The name of an object in the same namespace.
package struct NameReference: Codable, Sendable, Equatable {
    package var name: String?
    package var optional: Bool?
}

/// core/v1 ResourceRequirements: quantities by resource name (`cpu`, `memory`).
package struct ResourceRequirements: Codable, Sendable, Equatable {
    package var requests: [String: Quantity]?
    package var limits: [String: Quantity]?
    package init(requests: [String: Quantity]? = nil, limits: [String: Quantity]? = nil) {
        self.requests = requests
        self.limits = limits
    }
}

/// core/v1 VolumeMount.
package struct VolumeMount: Codable, Sendable, Equatable {
    package var name: String
    package var mountPath: String
    package var subPath: String?
    package var readOnly: Bool?
}

/// core/v1 Probe. Times are seconds.
package struct Probe: Codable, Sendable, Equatable {
    package var httpGet: HTTPGetAction?
    package var tcpSocket: TCPSocketAction?
    package var exec: ExecAction?
    package var grpc: GRPCAction?
    package var initialDelaySeconds: Int?
    package var periodSeconds: Int?
    package var timeoutSeconds: Int?
    package var successThreshold: Int?
    package var failureThreshold: Int?
    package init() {}
}

/// core/v1 HTTPGetAction.
package struct HTTPGetAction: Codable, Sendable, Equatable {
    package var path: String?
    package var port: IntOrString
    package var host: String?
    package var scheme: String?
    package var httpHeaders: [NameValue]?
}

/// core/v1 TCPSocketAction.
package struct TCPSocketAction: Codable, Sendable, Equatable {
    package var port: IntOrString
    package var host: String?
}

/// core/v1 ExecAction.
package struct ExecAction: Codable, Sendable, Equatable {
    package var command: [String]?
}

/// core/v1 GRPCAction.
package struct GRPCAction: Codable, Sendable, Equatable {
    package var port: Int
    package var service: String?
}

/// core/v1 Lifecycle.
package struct Lifecycle: Codable, Sendable, Equatable {
    package var postStart: LifecycleHandler?
    package var preStop: LifecycleHandler?
}

/// core/v1 LifecycleHandler.
package struct LifecycleHandler: Codable, Sendable, Equatable {
    package var exec: ExecAction?
    package var httpGet: HTTPGetAction?
}

/// core/v1 SecurityContext.
package struct SecurityContext: Codable, Sendable, Equatable {
    package var runAsUser: Int?
    package var runAsGroup: Int?
    package var runAsNonRoot: Bool?
    package var readOnlyRootFilesystem: Bool?
    package var privileged: Bool?
    package var allowPrivilegeEscalation: Bool?
    package var capabilities: Capabilities?
}

/// core/v1 Capabilities, without the `CAP_` prefix.
package struct Capabilities: Codable, Sendable, Equatable {
    package var add: [String]?
    package var drop: [String]?
}
