package import Kube

import struct FoundationEssentials.Data

/// The variables that a container starts with, in order: the image's, `envFrom`, `env`. Later ones win.
package struct ContainerEnvironment: Sendable, Equatable {
    package private(set) var names: [String] = []
    private var values: [String: String] = [:]

    package init() {}

    package subscript(name: String) -> String? {
        get { values[name] }
        set {
            if values[name] == nil, newValue != nil { names.append(name) }
            values[name] = newValue
        }
    }

    /// `NAME=value`, in order.
    package var lines: [String] { names.compactMap { name in values[name].map { "\(name)=\($0)" } } }

    /// Data of ConfigMaps and Secrets by name. A name that is absent wasn't found.
    package struct Sources: Sendable {
        package var configMaps: [String: ConfigMap]
        package var secrets: [String: Secret]

        package init(configMaps: [String: ConfigMap] = [:], secrets: [String: Secret] = [:]) {
            self.configMaps = configMaps
            self.secrets = secrets
        }
    }

    /// The names of the objects that a container's variables come from.
    package static func references(of container: Container) -> (configMaps: Set<String>, secrets: Set<String>) {
        var maps: Set<String> = []
        var secrets: Set<String> = []
        for source in container.envFrom ?? [] {
            if let name = source.configMapRef?.name { maps.insert(name) }
            if let name = source.secretRef?.name { secrets.insert(name) }
        }
        for variable in container.env ?? [] {
            if let name = variable.valueFrom?.configMapKeyRef?.name { maps.insert(name) }
            if let name = variable.valueFrom?.secretKeyRef?.name { secrets.insert(name) }
        }
        return (maps, secrets)
    }

    /// Resolves the variables of `container`.
    ///
    /// - Throws: `NodeProblem.containerConfiguration` where a source that is not optional is missing.
    package static func resolve(
        _ container: Container, image: [String], sources: Sources, downward: DownwardValues
    ) throws(NodeProblem) -> ContainerEnvironment {
        var environment = ContainerEnvironment()
        for line in image {
            guard let mark = line.firstIndex(of: "=") else { continue }
            environment[String(line[..<mark])] = String(line[line.index(after: mark)...])
        }
        for source in container.envFrom ?? [] { try environment.add(source, sources) }
        for variable in container.env ?? [] {
            if let source = variable.valueFrom {
                if let value = try value(variable.name, source, container, sources, downward) {
                    environment[variable.name] = value
                }
            } else {
                let known = environment
                environment[variable.name] = VariableExpansion.expand(variable.value ?? "") { known[$0] }
            }
        }
        return environment
    }

    private mutating func add(_ source: EnvFromSource, _ sources: Sources) throws(NodeProblem) {
        let prefix = source.prefix ?? ""
        if let reference = source.configMapRef, let name = reference.name {
            guard let map = sources.configMaps[name] else {
                if reference.optional == true { return }
                throw .containerConfiguration("configmap \"\(name)\" not found")
            }
            for (key, value) in (map.data ?? [:]).sorted(by: { $0.key < $1.key }) { self[prefix + key] = value }
        }
        if let reference = source.secretRef, let name = reference.name {
            guard let secret = sources.secrets[name] else {
                if reference.optional == true { return }
                throw .containerConfiguration("secret \"\(name)\" not found")
            }
            for (key, value) in (secret.data ?? [:]).sorted(by: { $0.key < $1.key }) {
                self[prefix + key] = Self.decode(value)
            }
        }
    }

    private static func value(
        _ variable: String, _ source: EnvVarSource, _ container: Container, _ sources: Sources,
        _ downward: DownwardValues
    ) throws(NodeProblem) -> String? {
        if let reference = source.configMapKeyRef {
            let name = reference.name ?? ""
            guard let map = sources.configMaps[name] else {
                return try missing(reference.optional, "configmap \"\(name)\" not found")
            }
            guard let value = map.data?[reference.key] else {
                return try missing(reference.optional, "couldn't find key \(reference.key) in ConfigMap \(map.key)")
            }
            return value
        }
        if let reference = source.secretKeyRef {
            let name = reference.name ?? ""
            guard let secret = sources.secrets[name] else {
                return try missing(reference.optional, "secret \"\(name)\" not found")
            }
            guard let value = secret.data?[reference.key] else {
                return try missing(reference.optional, "couldn't find key \(reference.key) in Secret \(secret.key)")
            }
            return decode(value)
        }
        if let reference = source.fieldRef {
            guard let value = downward.field(reference.fieldPath) else {
                throw .containerConfiguration("variable \(variable): unsupported fieldPath: \(reference.fieldPath)")
            }
            return value
        }
        if let reference = source.resourceFieldRef {
            guard let value = downward.resource(reference, of: container) else {
                throw .containerConfiguration("variable \(variable): unsupported resource: \(reference.resource)")
            }
            return value
        }
        throw .containerConfiguration("variable \(variable): valueFrom names no source")
    }

    private static func missing(_ optional: Bool?, _ message: String) throws(NodeProblem) -> String? {
        if optional == true { return nil }
        throw .containerConfiguration(message)
    }

    private static func decode(_ base64: String) -> String {
        Data(base64Encoded: base64).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
