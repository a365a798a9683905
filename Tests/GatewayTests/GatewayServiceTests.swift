import EstibaTesting
import Kube
import Logging
import NIOCore
import ServiceLifecycle
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct GatewayServiceTests {
    func service(_ name: String) -> Kube.Service {
        Service(
            metadata: ObjectMeta(name: name, namespace: "prod", labels: ["estiba.dev/release": "app-1"]),
            spec: ServiceSpec(ports: [ServicePort(port: 80)]))
    }

    func route(to name: String) -> HTTPRoute {
        HTTPRoute(
            metadata: ObjectMeta(name: "web", namespace: "prod"),
            spec: HTTPRoute.Spec(
                parentRefs: [HTTPRoute.ParentReference(name: "edge")],
                rules: [HTTPRoute.Rule(matches: nil, backendRefs: [HTTPRoute.BackendRef(name: name, port: 80)])]))
    }

    @Test func `objects of the cluster become routes, and are told so`() async throws {
        let cluster = InMemoryCluster()
        let client = cluster.client
        let (ready, readying) = AsyncStream.makeStream(of: Int.self)
        let log = AccessLog()
        let ledger = TrafficLedger(shards: 2)
        let gateway = GatewayService(
            settings: GatewaySettings(port: 0), client: client, ledger: ledger, accessLog: log,
            logger: Logger(label: "test")
        ) { readying.yield($0.port) }
        let services = ServiceGroup(services: [gateway], logger: Logger(label: "test"))
        try await client.create(
            KubeGateway(
                metadata: ObjectMeta(name: "edge", namespace: "prod"),
                spec: KubeGateway.Spec(
                    gatewayClassName: "estiba",
                    listeners: [KubeGateway.Listener(name: "http", port: 80, protocol: "HTTP")])))
        try await withBackend(says("one")) { first in
            try await withBackend(says("two")) { second in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await services.run() }
                    var ports = ready.makeAsyncIterator()
                    let port = try #require(await ports.next())
                    #expect(try await ask(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 404)
                    for (name, backend) in [("a", first), ("b", second)] {
                        try await client.create(service(name))
                        try await client.create(testSlice(name, [("127.0.0.1", true)], port: backend))
                    }
                    try await client.create(route(to: "a"))
                    try await waitForStatus(client)
                    // Endpoints come on a watch of their own, which may be behind that of the routes.
                    while try await ask(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text != "one" {}
                    try await client.patch(
                        HTTPRoute.self, "web", in: "prod",
                        ["spec": ["rules": [["backendRefs": [["name": "b", "port": 80]]]]]])
                    while try await ask(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text != "two" {}
                    await services.triggerGracefulShutdown()
                    try await group.waitForAll()
                }
            }
        }
        let status = try await client.json("GET", KubeGateway.resource.path(namespace: "prod", name: "edge"))["status"]
        #expect(status?["conditions"]?.array?.allSatisfy { $0["status"]?.string == "True" } == true)
        var lines = ByteBuffer()
        for await piece in log.pieces { lines.writeImmutableBuffer(piece) }
        let first = try #require(String(buffer: lines).split(separator: "\n").first { $0.contains("\"status\":200") })
        let entry = try JSON.parse(Array(first.utf8))
        #expect(
            entry["route"]?.string == "prod/web" && entry["release"]?.string == "app-1"
                && entry["method"]?.string == "GET")
        #expect(ledger.snapshot().contains { $0.key.backend == "prod/b" && $0.value.requests > 0 })
    }

    /// Until the route says that it is accepted and the gateway has its address.
    private func waitForStatus(_ client: ClusterClient) async throws {
        for try await event in try await client.watch(HTTPRoute.self, from: "0") {
            let conditions = event.object?.status?["parents"]?[0]?["conditions"]?.array ?? []
            if conditions.count == 2, conditions.allSatisfy({ $0["status"]?.string == "True" }) { return }
        }
    }
}
