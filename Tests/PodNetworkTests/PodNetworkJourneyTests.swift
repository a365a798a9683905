import EstibaTesting
import FoundationEssentials
import Glibc
import Kube
import Linux
import Logging
import Testing

@testable import PodNetwork

@Suite(
    .serialized, .enabled(if: getuid() == 0, "needs root: it makes network namespaces"), .timeLimit(.minutes(3)))
struct PodNetworkJourneyTests {
    @Test func `two pods reach each other by service address and by name`() async throws {
        try await withNetwork { scope in
            let server = try await scope.network.attach("uid-a", hostname: "a")
            let client = try await scope.network.attach("uid-b", hostname: "b")
            try Data("hello from a".utf8).write(to: URL(filePath: scope.directory + "/index.html"))
            try await scope.cluster.client.create(service("web", "10.198.0.20", nodePort: 31977))
            try await scope.cluster.client.create(service("empty", "10.198.0.21"))
            try await scope.cluster.client.create(slice("web", server.address))

            let httpd = try inside(server, ["httpd", "-f", "-p", "8080", "-h", scope.directory])
            _ = try await httpd.withChild { child in
                defer { child.killGroup() }
                // Until its socket is there, the program refuses.
                while try await !get(server.address.description, 8080, from: client).status.isSuccess {}
                try await scope.whileServing {
                    for (name, pod) in [("other pod", client), ("itself", server)] {
                        let page = try await get("10.198.0.20", 80, from: pod)
                        #expect(page.text.hasSuffix("hello from a"), "from the \(name): \(page.errorText)")
                    }
                    let fromHost = try await get("10.198.0.20", 80, from: nil)
                    #expect(fromHost.text.hasSuffix("hello from a"), "from the host: \(fromHost.errorText)")
                    let byNode = try await get("10.199.7.1", 31977, from: client)
                    #expect(byNode.text.hasSuffix("hello from a"), "by the node's port: \(byNode.errorText)")

                    #expect(try await get("10.198.0.21", 80, from: client).errorText.contains("refused"))
                    #expect(try await get("10.198.9.9", 80, from: client).errorText.contains("refused"))
                    #expect(try await get("10.198.9.9", 80, from: nil).errorText.contains("refused"))

                    let answer = try await inside(
                        client, ["nslookup", "-type=a", "web.shop.svc.cluster.local", "10.198.0.10"]
                    ).run()
                    #expect(answer.text.contains("Address: 10.198.0.20"), "\(answer.text)\(answer.errorText)")
                    let missing = try await inside(
                        client, ["nslookup", "-type=a", "no.shop.svc.cluster.local", "10.198.0.10"]
                    ).run()
                    #expect((missing.text + missing.errorText).contains("NXDOMAIN"))
                }
            }
        }
    }

    @Test func `sandboxes and addresses survive a restart, and nothing is left after the end`() async throws {
        try await withNetwork { scope in
            let before = try await scope.network.attach("uid-a", hostname: "a")
            let next = PodNetwork(configuration: scope.network.configuration, logger: Logger(label: "test"))
            try await next.start()
            #expect(await next.attachment(of: "uid-a") == before)
            #expect(before.namespaces.isAlive)
            #expect(try await next.attach("uid-a", hostname: "a") == before)
            #expect(try await next.attach("uid-b", hostname: "b").address != before.address)
            await next.detachAll(except: [])
            #expect(!before.namespaces.isAlive)
            #expect(try FileManager.default.contentsOfDirectory(atPath: scope.network.configuration.directory).isEmpty)
            #expect(throws: NetlinkProblem.self) {
                var host = try RouteSocket()
                _ = try host.index(of: before.link)
            }
        }
    }

    // MARK: The scope of a test

    struct Scope: Sendable {
        let directory: String
        let cluster: InMemoryCluster
        let network: PodNetwork

        func whileServing(_ body: @Sendable () async throws -> Void) async throws {
            let (ready, isReady) = AsyncStream<Void>.makeStream()
            let service = PodNetworkService(network: network, client: cluster.client, logger: Logger(label: "test")) {
                isReady.finish()
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    defer { isReady.finish() }
                    try await service.run()
                }
                for await _ in ready {}
                try await body()
                tasks.cancelAll()
            }
            try await service.withdraw()
        }
    }

    func withNetwork(_ body: (Scope) async throws -> Void) async throws {
        let directory = "/tmp/estiba-network-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let configuration = try PodNetworkConfiguration(
            directory: directory + "/sandboxes", pods: "10.199.7.0/24", services: "10.198.0.0/16",
            dnsService: "10.198.0.10",
            linkPrefix: "etst", table: "estiba-test-\(getpid())", forwardsToOutside: false, upstreams: [])
        let network = PodNetwork(configuration: configuration, logger: Logger(label: "test"))
        let scope = Scope(directory: directory, cluster: InMemoryCluster(), network: network)
        do { try await body(scope) } catch {
            await network.detachAll(except: [])
            throw error
        }
        await network.detachAll(except: [])
        try await network.withdrawFromHost()
        try FileManager.default.removeItem(atPath: directory)
    }

    func get(_ address: String, _ port: Int, from pod: PodAttachment?) async throws -> Command.Output {
        let arguments = ["nc", "-w", "5", address, "\(port)"]
        let command = try pod.map { try inside($0, arguments) } ?? Command("/bin/busybox", arguments)
        return try await command.run(input: Array("GET / HTTP/1.0\r\n\r\n".utf8), timeout: .seconds(20))
    }

    func inside(_ pod: PodAttachment, _ arguments: [String]) throws -> Command {
        var command = Command("/bin/busybox", arguments)
        command.namespaces = [try OpenFile.open(pod.namespaces.network, O_RDONLY)]
        return command
    }

    func service(_ name: String, _ address: String, nodePort: Int? = nil) -> Service {
        ServiceRulesetTests.service(name, ip: address, type: nodePort == nil ? nil : "NodePort", nodePort: nodePort)
    }

    func slice(_ service: String, _ address: IPv4Address) -> EndpointSlice {
        ServiceRulesetTests.slice(service, [(address.description, ServiceRulesetTests.ready)])
    }
}
