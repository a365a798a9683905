import Kube
import Testing

@testable import PodNetwork

struct ServiceRulesetTests {
    static func service(_ name: String, ip: String, type: String? = nil, nodePort: Int? = nil, sticky: Bool = false)
        -> Service
    {
        var port = ServicePort(name: "http", port: 80, targetPort: 8080)
        port.nodePort = nodePort
        var service = Service(
            metadata: ObjectMeta(name: name, namespace: "shop"), spec: ServiceSpec(ports: [port], clusterIP: ip))
        service.spec.type = type
        if sticky { service.spec.sessionAffinity = "ClientIP" }
        return service
    }

    static func slice(_ service: String, _ endpoints: [(String, EndpointSlice.EndpointConditions?)]) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMeta(
                name: service + "-abc", namespace: "shop", labels: [EndpointSlice.serviceLabel: service]),
            endpoints: endpoints.map { EndpointSlice.Endpoint(addresses: [$0.0], conditions: $0.1) },
            ports: [EndpointSlice.Port(name: "http", port: 8080)])
    }

    static let ready = EndpointSlice.EndpointConditions(ready: true, serving: true, terminating: false)
    static let draining = EndpointSlice.EndpointConditions(ready: false, serving: true, terminating: true)
    static let broken = EndpointSlice.EndpointConditions(ready: false, serving: false, terminating: false)

    func text(_ services: [Service], _ slices: [EndpointSlice]) throws -> String {
        let portals = ServicePortal.all(services: services, slices: slices)
        return ServiceRuleset(configuration: try PodNetworkConfiguration(directory: "/nowhere"), portals: portals).text
    }

    @Test(arguments: [
        ([("10.244.0.3", ready), ("10.244.0.2", ready)], ["10.244.0.2", "10.244.0.3"]),
        ([("10.244.0.2", ready), ("10.244.0.3", broken)], ["10.244.0.2"]),
        ([("10.244.0.2", ready), ("10.244.0.3", draining)], ["10.244.0.2"]),
        ([("10.244.0.2", broken), ("10.244.0.3", draining)], ["10.244.0.3"]),
        ([("10.244.0.2", broken)], []),
    ])
    func `ready endpoints serve, and terminating ones only where none is ready`(
        _ endpoints: [(String, EndpointSlice.EndpointConditions)], _ expected: [String]
    ) {
        let portals = ServicePortal.all(
            services: [Self.service("web", ip: "10.96.0.20")],
            slices: [Self.slice("web", endpoints.map { ($0.0, $0.1) })])
        #expect(portals.map { $0.endpoints.map(\.address.description) } == [expected])
    }

    @Test func `an endpoint without conditions is ready`() {
        let portals = ServicePortal.all(
            services: [Self.service("web", ip: "10.96.0.20")], slices: [Self.slice("web", [("10.244.0.2", nil)])])
        #expect(portals.first?.endpoints.count == 1)
    }

    @Test func `the order of services, slices and endpoints doesn't change the text`() throws {
        let services = [Self.service("web", ip: "10.96.0.20"), Self.service("api", ip: "10.96.0.21")]
        let slices = [
            Self.slice("web", [("10.244.0.2", Self.ready), ("10.244.0.3", Self.ready)]),
            Self.slice("api", [("10.244.0.4", nil)]),
        ]
        let other = [
            Self.slice("web", [("10.244.0.3", Self.ready), ("10.244.0.2", Self.ready)]),
            Self.slice("api", [("10.244.0.4", nil)]),
        ]
        #expect(try text(services, slices) == text(services.reversed(), other.reversed()))
    }

    @Test func `one endpoint is the target, several are chosen from`() throws {
        let one = try text([Self.service("web", ip: "10.96.0.20")], [Self.slice("web", [("10.244.0.2", nil)])])
        #expect(one.contains("meta l4proto tcp dnat to 10.244.0.2:8080"))
        let two = try text(
            [Self.service("web", ip: "10.96.0.20")], [Self.slice("web", [("10.244.0.2", nil), ("10.244.0.3", nil)])])
        #expect(two.contains("numgen random mod 2 map { 0 : 10.244.0.2 . 8080, 1 : 10.244.0.3 . 8080 }"))
    }

    @Test func `client affinity chooses by the client's address`() throws {
        let rules = try text(
            [Self.service("web", ip: "10.96.0.20", sticky: true)],
            [Self.slice("web", [("10.244.0.2", nil), ("10.244.0.3", nil)])])
        #expect(rules.contains("jhash ip saddr mod 2 map"))
    }

    @Test func `a node port leads to a chain that masquerades`() throws {
        let rules = try text(
            [Self.service("web", ip: "10.96.0.20", type: "NodePort", nodePort: 30080)],
            [Self.slice("web", [("10.244.0.2", nil)])])
        #expect(rules.contains("tcp . 30080 : goto svc-"))
        #expect(rules.contains("meta mark set meta mark or 0x4000"))
    }

    @Test func `a node port without endpoints is refused`() throws {
        let rules = try text([Self.service("web", ip: "10.96.0.20", type: "NodePort", nodePort: 30080)], [])
        #expect(rules.contains("set refused { type inet_proto . inet_service; elements = {\n    tcp . 30080,"))
        #expect(!rules.contains("10.96.0.20 ."))
    }

    @Test func `headless services and external names have no rules`() {
        var external = Self.service("far", ip: "10.96.0.9")
        external.spec.type = "ExternalName"
        let headless = Self.service("db", ip: "None")
        #expect(ServicePortal.all(services: [external, headless], slices: []).isEmpty)
    }
}
