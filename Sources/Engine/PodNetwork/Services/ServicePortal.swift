package import Kube

/// A port of a Service as packets meet it: the addresses it is reached by and the endpoints behind.
package struct ServicePortal: Sendable, Equatable {
    /// `namespace/name:port`.
    package let name: String
    /// `tcp`, `udp` or `sctp`.
    package let transport: String
    package let clusterIP: IPv4Address
    package let port: Int
    package let nodePort: Int?
    /// The same client meets the same endpoint.
    package let isSticky: Bool
    /// Sorted and without duplicates.
    package let endpoints: [Endpoint]

    /// An address and port that serves.
    package struct Endpoint: Sendable, Hashable, Comparable {
        package let address: IPv4Address
        package let port: Int

        package init(address: IPv4Address, port: Int) {
            self.address = address
            self.port = port
        }

        package static func < (left: Endpoint, right: Endpoint) -> Bool {
            (left.address, left.port) < (right.address, right.port)
        }
    }
}

extension ServicePortal {
    /// The portals of all services, sorted by name. Headless services and services by external name have none.
    package static func all(services: some Sequence<Service>, slices: some Sequence<EndpointSlice>) -> [ServicePortal] {
        let slicesByService = Dictionary(grouping: slices) { slice in
            "\(slice.namespace)/\(slice.metadata.labels?[EndpointSlice.serviceLabel] ?? "")"
        }
        return services.flatMap { service in portals(of: service, slices: slicesByService[service.key] ?? []) }
            .sorted { ($0.name, $0.transport) < ($1.name, $1.transport) }
    }

    private static func portals(of service: Service, slices: [EndpointSlice]) -> [ServicePortal] {
        guard service.spec.type != "ExternalName", let clusterIP = IPv4Address(service.spec.clusterIP ?? "") else {
            return []
        }
        let opensNodePorts = service.spec.type == "NodePort" || service.spec.type == "LoadBalancer"
        return (service.spec.ports ?? []).map { port in
            let label = port.name.flatMap { $0.isEmpty ? nil : $0 } ?? String(port.port)
            return ServicePortal(
                name: "\(service.key):\(label)", transport: (port.protocol ?? "TCP").lowercased(), clusterIP: clusterIP,
                port: port.port, nodePort: opensNodePorts ? port.nodePort : nil,
                isSticky: service.spec.sessionAffinity == "ClientIP",
                endpoints: endpoints(of: port, slices: slices))
        }
    }

    /// Ready endpoints; where there are none, those that still serve while they terminate, so that the last pods of a
    /// service being replaced don't drop connections.
    static func endpoints(of port: ServicePort, slices: [EndpointSlice]) -> [Endpoint] {
        var ready: Set<Endpoint> = []
        var lastResort: Set<Endpoint> = []
        for slice in slices where slice.addressType == "IPv4" {
            guard
                let target = slice.ports?.first(where: {
                    ($0.name ?? "") == (port.name ?? "") && ($0.protocol ?? "TCP") == (port.protocol ?? "TCP")
                })?.port
            else { continue }
            for endpoint in slice.endpoints ?? [] {
                let addresses = endpoint.addresses.compactMap { IPv4Address($0) }.map {
                    Endpoint(address: $0, port: target)
                }
                if endpoint.isReady {
                    ready.formUnion(addresses)
                } else if endpoint.servesWhileTerminating {
                    lastResort.formUnion(addresses)
                }
            }
        }
        return (ready.isEmpty ? lastResort : ready).sorted()
    }
}

extension EndpointSlice.Endpoint {
    var isReady: Bool { conditions?.ready ?? true }
    var servesWhileTerminating: Bool { conditions?.terminating == true && (conditions?.serving ?? isReady) }
}
