import NIOCore
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct ResilienceTests {
    @Test func `a pod that refuses connections is passed over`() async throws {
        try await withBackend(says("alive")) { port in
            // Port 1 of this machine has no listener.
            try await withGateway(try testTable([TestBackend(ports: [1, port])])) { gateway in
                for _ in 0..<20 {
                    #expect(try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text == "alive")
                    let posted = try await ask(
                        gateway.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok")
                    #expect(posted.text == "alive")
                }
                #expect(gateway.codes == [200: 40])
            }
            try await withGateway(try testTable([TestBackend(ports: [1])])) { gateway in
                let refused = try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(refused.status == 502)
            }
        }
    }

    @Test func `a kept connection that has died is replaced, but a body is never sent twice`() async throws {
        // Each connection serves one request and dies at the second, without a word.
        try await withBackend({ connection in
            guard try await connection.message() != nil else { return }
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = try await connection.head()
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])]), settings: { $0.threads = 1 }) {
                gateway in
                try await withConnection(gateway.port) { connection in
                    for _ in 0..<6 {
                        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        #expect(try await connection.message()?.status == 200)
                    }
                    try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
                    #expect(try await connection.message()?.status == 502)
                }
            }
        }
    }

    @Test func `a request whose pod goes finds the pod that took its place`() async throws {
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (release, releasing) = AsyncStream.makeStream(of: Void.self)
        try await withBackend({ connection in
            _ = try await connection.message()
            beginning.yield()
            for await _ in release { break }
        }) { dying in
            try await withBackend(says("new")) { fresh in
                try await withGateway(try testTable([TestBackend(ports: [dying])])) { gateway in
                    async let answer = ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    for await _ in begun { break }
                    try await gateway.install([TestBackend(ports: [fresh])])
                    releasing.yield()
                    let text = try await answer.text
                    #expect(text == "new")
                    #expect(gateway.codes == [200: 1])
                }
            }
        }
    }

    @Test func `a route's time limit ends a request that takes too long`() async throws {
        try await withBackend({ connection in _ = try await connection.rest() }) { port in
            for timeouts in [#"{"request": "150ms"}"#, #"{"backendRequest": "150ms"}"#] {
                let table = try testTable([TestBackend(ports: [port])], rules: #""timeouts": \#(timeouts)"#)
                try await withGateway(table) { gateway in
                    let answer = try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(answer.status == 504)
                }
            }
        }
    }

    @Test func `a client that says nothing is let go, one that dawdles is told`() async throws {
        try await withGateway(
            RoutingTable(),
            settings: {
                $0.headTimeout = .seconds(1)
                $0.keepAliveTimeout = .milliseconds(200)
            }
        ) { gateway in
            let silent = try await withConnection(gateway.port) { try await $0.rest() }
            #expect(silent.isEmpty)
            let slow = try await withConnection(gateway.port) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost:")
                return String(decoding: try await connection.rest(), as: UTF8.self)
            }
            #expect(slow.hasPrefix("HTTP/1.1 408 "))
        }
    }

    @Test func `a client that leaves takes its request along`() async throws {
        let (ended, ending) = AsyncStream.makeStream(of: Void.self)
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        try await withBackend({ connection in
            _ = try await connection.message()
            beginning.yield()
            _ = try await connection.rest()
            ending.yield()
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    for await _ in begun { break }
                }
                for await _ in ended { break }
                #expect(gateway.codes == [499: 1])
                #expect(gateway.ledger.snapshot().values.allSatisfy { $0.inFlight == 0 })
            }
        }
    }

    @Test func `weights shift traffic, and every backend is counted under its own track`() async throws {
        try await withBackend(says("stable")) { first in
            try await withBackend(says("canary")) { second in
                let table = try testTable([
                    TestBackend(name: "web", weight: 80, ports: [first]),
                    TestBackend(name: "web-canary", weight: 20, ports: [second], track: "canary"),
                ])
                try await withGateway(table) { gateway in
                    try await withConnection(gateway.port) { connection in
                        for _ in 0..<1_000 {
                            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                            _ = try await connection.message()
                        }
                    }
                    let counts = gateway.ledger.snapshot()
                    let canary = counts.first { $0.key.track == "canary" }?.value.requests ?? 0
                    let stable = counts.first { $0.key.track == "stable" }?.value.requests ?? 0
                    #expect(canary + stable == 1_000)
                    let deviation = (1_000.0 * 0.2 * 0.8).squareRoot()
                    #expect(abs(Double(canary) - 200.0) < 5.0 * deviation)
                }
            }
        }
    }

    @Test func `no request fails while pods are replaced under load`() async throws {
        let finished = Counter()
        try await withBackend(says("one")) { first in
            try await withBackend(says("two")) { second in
                try await withBackend(says("three")) { third in
                    let ports = [first, second, third]
                    try await withGateway(try testTable([TestBackend(ports: ports)])) { gateway in
                        try await withThrowingTaskGroup(of: Void.self) { group in
                            for _ in 0..<8 {
                                group.addTask {
                                    try await withConnection(gateway.port) { connection in
                                        for number in 0..<400 {
                                            let body =
                                                number % 3 == 0
                                                ? "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
                                                : "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
                                            try await connection.send(body)
                                            #expect(try await connection.message()?.status == 200)
                                        }
                                    }
                                    await finished.add()
                                }
                            }
                            var round = 0
                            while await finished.value < 8 {
                                round += 1
                                try await gateway.install([
                                    TestBackend(ports: [ports[round % 3], ports[(round + 1) % 3]])
                                ])
                                await Task.yield()
                            }
                            try await group.waitForAll()
                        }
                        #expect(gateway.codes == [200: 3_200])
                    }
                }
            }
        }
    }

    @Test func `shutting down ends what runs and takes nothing new`() async throws {
        let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
        let (release, releasing) = AsyncStream.makeStream(of: Void.self)
        try await withBackend({ connection in
            _ = try await connection.message()
            beginning.yield()
            for await _ in release { break }
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone")
            _ = try await connection.rest()
        }) { port in
            let server = GatewayServer(settings: GatewaySettings(port: 0), ledger: TrafficLedger(shards: 2))
            try await server.install(try testTable([TestBackend(ports: [port])]))
            let listener = try await server.bind()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await withConnection(listener.port) { connection in
                        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                        let answer = try await connection.message()
                        #expect(answer?.text == "done")
                        #expect(try await connection.rest().isEmpty)
                    }
                }
                for await _ in begun { break }
                group.addTask { await server.shutDown(listener) }
                try await listener.channel.closeFuture.get()
                releasing.yield()
                try await group.waitForAll()
            }
        }
    }
}
