import Delivery
import Kube

/// The Services that routes refer to, each with the pods that take its requests.
struct BackendTable {
    private(set) var list: [RoutingBackend] = []
    private var indices: [Reference: Int] = [:]
    private let services: [String: Service]
    private let slices: [String: [EndpointSlice]]
    private let podLabels: [String: [String: String]]

    private struct Reference: Hashable {
        let route: String
        let service: String
        let port: Int?
        let kind: String
    }

    init(_ facts: RoutingFacts) {
        services = Dictionary(facts.services.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        slices = Dictionary(grouping: facts.slices) {
            "\($0.namespace)/\($0.metadata.labels?[EndpointSlice.serviceLabel] ?? "")"
        }
        podLabels = facts.podLabels
    }

    mutating func index(of reference: HTTPRoute.BackendRef, route: HTTPRoute, _ report: inout RouteReport) -> Int {
        let service = "\(reference.namespace ?? route.namespace)/\(reference.name)"
        let kind = "\(reference.group ?? "")/\(reference.kind ?? "Service")"
        let identity = Reference(route: route.key, service: service, port: reference.port, kind: kind)
        if let known = indices[identity] { return known }
        let backend = make(reference, service: service, kind: kind, route: route, &report)
        list.append(backend)
        indices[identity] = list.count - 1
        return list.count - 1
    }

    private func make(
        _ reference: HTTPRoute.BackendRef, service name: String, kind: String, route: HTTPRoute,
        _ report: inout RouteReport
    ) -> RoutingBackend {
        let service = services[name]
        var backend = RoutingBackend(
            service: name, port: reference.port ?? 0,
            key: key(route: route.key, service: name, service?.metadata.labels ?? [:]))
        func fail(_ reason: String, _ message: String) {
            backend.defect = message
            report.references.append((reason, message))
        }
        if kind != "/Service" {
            fail("InvalidKind", "backend \(reference.name) is of a kind that can't be a backend here")
        } else if let namespace = reference.namespace, namespace != route.namespace {
            fail("RefNotPermitted", "backend \(name) is in another namespace than the route")
        } else if let service {
            if let port = service.spec.ports?.first(where: { $0.port == reference.port }) {
                backend.endpoints = endpoints(of: service, port: port, backend.key)
            } else {
                fail(
                    "BackendNotFound",
                    "service \(name) has no port \(reference.port.map(String.init) ?? "of that number")")
            }
        } else {
            fail("BackendNotFound", "service \(name) doesn't exist")
        }
        return backend
    }

    /// The ready pods; where there is none, those that still serve while they leave.
    private func endpoints(of service: Service, port: ServicePort, _ key: TrafficKey) -> [RoutingEndpoint] {
        var ready: Set<RoutingEndpoint> = []
        var leaving: Set<RoutingEndpoint> = []
        for slice in slices[service.key] ?? [] {
            guard let number = slice.ports?.first(where: { $0.name ?? "" == port.name ?? "" })?.port else { continue }
            for endpoint in slice.endpoints ?? [] {
                guard let address = endpoint.addresses.first else { continue }
                let target = RoutingEndpoint(address: address, port: number, key: self.key(key, of: endpoint, service))
                if endpoint.conditions?.ready ?? true {
                    ready.insert(target)
                } else if endpoint.conditions?.serving == true, endpoint.conditions?.terminating == true {
                    leaving.insert(target)
                }
            }
        }
        return (ready.isEmpty ? leaving : ready).sorted { ($0.address, $0.port) < ($1.address, $1.port) }
    }

    // MARK: Keys

    private func key(_ backend: TrafficKey, of endpoint: EndpointSlice.Endpoint, _ service: Service) -> TrafficKey {
        guard let pod = endpoint.targetRef?.name, let labels = podLabels["\(service.namespace)/\(pod)"] else {
            return backend
        }
        let merged = (service.metadata.labels ?? [:]).merging(labels) { $1 }
        return key(route: backend.route, service: backend.backend, merged)
    }

    private func key(route: String, service: String, _ labels: [String: String]) -> TrafficKey {
        TrafficKey(
            route: route, backend: service, app: labels[Labels.app] ?? "",
            service: labels[Labels.service] ?? String(service.split(separator: "/").last ?? ""),
            environment: labels[Labels.env] ?? "", release: labels[Labels.release] ?? "",
            commit: labels[Labels.commit] ?? "", track: labels[Labels.track] ?? "")
    }
}
