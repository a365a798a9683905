import Kube
import Logging
import NIOPosix
import Testing

@testable import PodNetwork

struct DNSServerTests {
    /// A server for the cluster whose names from outside come from a second server, which is asked by a client.
    static func withServers(_ body: @Sendable (DNSResolver) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test")
        let outside = DNSServer(resolver: DNSResolver(servers: [], group: group), group: group, logger: logger)
        let web = ServiceRulesetTests.service("www", ip: "192.0.2.80")
        outside.update(ClusterZone(origin: "example.org", networks: [], snapshot: ServiceSnapshot(services: [web])))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            let outsidePort = try await start(outside, in: &tasks)
            let cluster = DNSServer(
                resolver: DNSResolver(servers: ["127.0.0.1:\(outsidePort)"], group: group), group: group,
                logger: logger)
            var far = ServiceRulesetTests.service("far", ip: "")
            far.spec.type = "ExternalName"
            far.spec.externalName = "www.shop.svc.example.org"
            cluster.update(
                ClusterZone(origin: "cluster.local", networks: [], snapshot: ServiceSnapshot(services: [far])))
            let clusterPort = try await start(cluster, in: &tasks)
            try await body(DNSResolver(servers: ["127.0.0.1:\(clusterPort)"], group: group))
            tasks.cancelAll()
        }
    }

    /// Runs a server on a free port, which it returns.
    private static func start(
        _ server: DNSServer, in tasks: inout ThrowingTaskGroup<Void, any Error>
    ) async throws -> Int {
        let (ports, port) = AsyncStream<Int>.makeStream()
        tasks.addTask {
            defer { port.finish() }
            try await server.run(host: "127.0.0.1", port: 0) { port.yield($0) }
        }
        var iterator = ports.makeAsyncIterator()
        return try #require(await iterator.next())
    }

    @Test(arguments: [false, true])
    func `names from outside are asked for outside`(_ byStream: Bool) async throws {
        try await Self.withServers { client in
            let question = DNSQuery.bytes(id: 99, name: DNSName("www.shop.svc.example.org"), type: 1)
            let answer = try #require(await client.ask(question, byStream: byStream))
            #expect(answer.prefix(2) == [0, 99])
            #expect(DNSRecord.answers(in: answer).map(\.data) == [.a(IPv4Address(number: 0xC000_0250))])
        }
    }

    @Test func `a service by external name brings the addresses of that name`() async throws {
        try await Self.withServers { client in
            let question = DNSQuery.bytes(id: 7, name: DNSName("far.shop.svc.cluster.local"), type: 1)
            let answer = try #require(await client.ask(question, byStream: false))
            #expect(
                DNSRecord.answers(in: answer).map(\.data) == [
                    .cname(DNSName("www.shop.svc.example.org")), .a(IPv4Address(number: 0xC000_0250)),
                ])
        }
    }

    @Test func `where nobody answers outside the client is told`() async throws {
        let work = DNSOutsideWork(
            message: DNSQuery.bytes(id: 7, name: DNSName("a.b"), type: 1), query: ClusterZoneTests.query("a.b", 1),
            limit: 512,
            byStream: false, alias: nil)
        let nobody = DNSResolver(servers: [], group: MultiThreadedEventLoopGroup.singleton)
        let answer = try #require(await work.run(nobody))
        #expect(answer[3] & 0xF == 2)
    }
}
