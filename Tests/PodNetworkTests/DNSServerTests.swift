import Glibc
import Kube
import Logging
import NIOPosix
import Testing

@testable import PodNetwork

struct DNSServerTests {
    /// A free port of the loopback address.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(result)
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// A server for the cluster whose names from outside come from a second server, which is asked by a client.
    static func withServers(_ body: @Sendable (DNSResolver) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let logger = Logger(label: "test")
        let (outsidePort, clusterPort) = (try freePort(), try freePort())
        let outside = DNSServer(resolver: DNSResolver(servers: [], group: group), group: group, logger: logger)
        let web = ServiceRulesetTests.service("www", ip: "192.0.2.80")
        outside.update(ClusterZone(origin: "example.org", networks: [], snapshot: ServiceSnapshot(services: [web])))
        let cluster = DNSServer(
            resolver: DNSResolver(servers: ["127.0.0.1:\(outsidePort)"], group: group), group: group, logger: logger)
        var far = ServiceRulesetTests.service("far", ip: "")
        far.spec.type = "ExternalName"
        far.spec.externalName = "www.shop.svc.example.org"
        cluster.update(ClusterZone(origin: "cluster.local", networks: [], snapshot: ServiceSnapshot(services: [far])))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (server, port) in [(outside, outsidePort), (cluster, clusterPort)] {
                let (listening, isListening) = AsyncStream<Void>.makeStream()
                tasks.addTask {
                    defer { isListening.finish() }
                    try await server.run(host: "127.0.0.1", port: port) { isListening.finish() }
                }
                for await _ in listening {}
            }
            try await body(DNSResolver(servers: ["127.0.0.1:\(clusterPort)"], group: group))
            tasks.cancelAll()
        }
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
