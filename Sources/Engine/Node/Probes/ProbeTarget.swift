package import Kube

/// A probe with everything looked up: what to do to find out whether a container is well.
package enum ProbeTarget: Sendable, Equatable {
    case http(host: String, port: Int, path: String, isTLS: Bool, headers: [NameValue])
    case tcp(host: String, port: Int)
    case exec([String])

    /// - Parameter address: the pod's.
    /// - Throws: `NodeProblem.containerConfiguration` for a port name that the container doesn't have, or a kind that isn't supported.
    package init(_ probe: Probe, container: Container, address: String) throws(NodeProblem) {
        if let action = probe.httpGet {
            self = try .http(action, container: container, address: address)
        } else if let action = probe.tcpSocket {
            self = .tcp(host: action.host ?? address, port: try Self.port(action.port, of: container))
        } else if let command = probe.exec?.command {
            self = .exec(command)
        } else if probe.grpc != nil {
            throw .containerConfiguration("container \(container.name): gRPC probes are not supported yet")
        } else {
            throw .containerConfiguration("container \(container.name): a probe has no action")
        }
    }

    /// The request of an `httpGet` action.
    package static func http(_ action: HTTPGetAction, container: Container, address: String) throws(NodeProblem)
        -> ProbeTarget
    {
        let path = action.path.map { $0.hasPrefix("/") ? $0 : "/" + $0 } ?? "/"
        return .http(
            host: action.host ?? address, port: try port(action.port, of: container), path: path,
            isTLS: action.scheme == "HTTPS",
            headers: action.httpHeaders ?? [])
    }

    private static func port(_ port: IntOrString, of container: Container) throws(NodeProblem) -> Int {
        switch port {
        case .int(let number): return number
        case .string(let name):
            if let number = Int(name) { return number }
            guard let found = container.ports?.first(where: { $0.name == name }) else {
                throw .containerConfiguration("container \(container.name): no port is named \"\(name)\"")
            }
            return found.containerPort
        }
    }
}
