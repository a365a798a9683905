import Kube
import NIOCore

@testable import Gateway

/// A gateway that listens on a free port, with the means to change its table.
struct TestGateway: Sendable {
    let port: Int
    let server: GatewayServer
    var ledger: TrafficLedger { server.ledger }

    func install(_ backends: [TestBackend], rules: String = "") async throws {
        try await server.install(try testTable(backends, rules: rules))
    }

    /// All answers counted so far, by status.
    var codes: [Int: UInt64] { ledger.snapshot().values.reduce(into: [:]) { $0.merge($1.codes, uniquingKeysWith: +) } }
}

/// A Service whose pods listen on ports of this machine.
struct TestBackend: Sendable {
    var name = "web"
    var weight = 1
    var ports: [Int]
    var track = "stable"
}

/// The table for one route `prod/web` with a rule for all paths that spreads over `backends`. `rules` are members of that rule.
func testTable(_ backends: [TestBackend], rules: String = "") throws -> RoutingTable {
    let references = backends.map { #"{"name": "\#($0.name)", "port": 80, "weight": \#($0.weight)}"# }.joined(
        separator: ",")
    let route = #"""
        {"metadata": {"name": "web", "namespace": "prod"}, "spec": {"parentRefs": [{"name": "edge"}],
         "rules": [{"backendRefs": [\#(references)] \#(rules.isEmpty ? "" : ", " + rules)}]}}
        """#
    var facts = RoutingFacts()
    facts.gateways = [
        try decode(
            #"""
            {"metadata": {"name": "edge", "namespace": "prod"}, "spec": {"gatewayClassName": "estiba",
             "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]}}
            """#)
    ]
    facts.routes = [try decode(route)]
    for backend in backends {
        let labels = ["estiba.dev/track": backend.track, "estiba.dev/release": "app-1"]
        facts.services.append(
            Service(
                metadata: ObjectMeta(name: backend.name, namespace: "prod", labels: labels),
                spec: ServiceSpec(ports: [ServicePort(port: 80)])))
        facts.slices += backend.ports.map { testSlice(backend.name, [("127.0.0.1", true)], port: $0) }
    }
    return RoutingPlan.make(facts).table
}

func testSlice(_ service: String, _ pods: [(address: String, ready: Bool)], port: Int) -> EndpointSlice {
    EndpointSlice(
        metadata: ObjectMeta(
            name: "\(service)-\(port)", namespace: "prod", labels: [EndpointSlice.serviceLabel: service]),
        endpoints: pods.map {
            EndpointSlice.Endpoint(
                addresses: [$0.address], conditions: EndpointSlice.EndpointConditions(ready: $0.ready))
        },
        ports: [EndpointSlice.Port(name: "", port: port)])
}

func decode<Kind: Decodable>(_ text: String) throws -> Kind { try JSON.parse(Array(text.utf8)).decode(Kind.self) }

/// Runs a gateway as long as `body` runs.
func withGateway(
    _ table: RoutingTable, settings change: (inout GatewaySettings) -> Void = { _ in }, accessLog: AccessLog? = nil,
    _ body: (TestGateway) async throws -> Void
) async throws {
    var settings = GatewaySettings(host: "127.0.0.1", port: 0)
    settings.threads = 2
    settings.drainTimeout = .seconds(5)
    change(&settings)
    let server = GatewayServer(settings: settings, ledger: TrafficLedger(shards: 2), accessLog: accessLog)
    try await server.install(table)
    let listener = try await server.bind()
    do {
        try await body(TestGateway(port: listener.port, server: server))
    } catch {
        await server.shutDown(listener)
        throw error
    }
    await server.shutDown(listener)
}

/// Answers each request with its own line, headers and body as text.
@Sendable func echo(_ connection: RawConnection) async throws {
    while let request = try await connection.message() {
        let text = ([request.line] + request.headers.map { "\($0.name): \($0.value)" } + ["", request.text]).joined(
            separator: "\n")
        let body = request.line.hasPrefix("HEAD") ? "" : text
        try await connection.send(
            "HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\nX-Backend: echo\r\n\r\n\(body)")
    }
}

/// Answers each request with the same text.
func says(_ text: String) -> @Sendable (RawConnection) async throws -> Void {
    { connection in
        while try await connection.message() != nil {
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)")
        }
    }
}
