import FoundationEssentials
import Kube
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct RefusalTests {
    @Test func `what might smuggle a request is refused and the connection closed`() async throws {
        let seen = Counter()
        try await withBackend({ connection in
            while try await connection.message() != nil {
                await seen.add()
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            }
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                for (text, _) in WireTests.refused {
                    let answer = try await withConnection(gateway.port) { connection in
                        try await connection.send(text + "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n")
                        return String(decoding: try await connection.rest(), as: UTF8.self)
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 5"), "\(text) \(answer)")
                    #expect(answer.contains("connection: close\r\n"))
                    #expect(answer.components(separatedBy: "content-length: ").count == 2, "one answer to \(text)")
                }
                #expect(await seen.value == 0)
            }
        }
    }

    @Test func `a malformed chunk is never passed on`() async throws {
        try await withBackend(echo) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let answer = try await withConnection(gateway.port) { connection in
                    try await connection.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n")
                    return String(decoding: try await connection.rest(), as: UTF8.self)
                }
                #expect(answer.hasPrefix("HTTP/1.1 400 "))
            }
        }
    }

    @Test func `no tunnel of HTTP/2 is opened past the routes`() async throws {
        try await withBackend(echo) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                for value in ["h2c", "websocket, H2C"] {
                    let answer = try await ask(
                        gateway.port,
                        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: \(value)\r\nHTTP2-Settings: x\r\n\r\n"
                    )
                    #expect(answer.status == 200)
                    #expect(!answer.text.lowercased().contains("upgrade"))
                    #expect(!answer.text.contains("http2"))
                }
            }
        }
    }

    @Test func `a head that never ends is refused`() async throws {
        try await withGateway(RoutingTable(), settings: { $0.largestHead = 4096 }) { gateway in
            let answer = try await withConnection(gateway.port) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 5000))
                return String(decoding: try await connection.rest(), as: UTF8.self)
            }
            #expect(answer.hasPrefix("HTTP/1.1 431 "))
        }
    }

    @Test func `what has no route or no backend is told apart, with the request's id`() async throws {
        try await withGateway(RoutingTable()) { gateway in
            let nowhere = try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n")
            #expect(nowhere.status == 404)
            #expect(nowhere.text == "no route matches this host and path (request r1)\n")
            #expect(nowhere["x-request-id"] == "r1")
            try await gateway.install([TestBackend(ports: [])])
            let empty = try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(empty.status == 503)
            #expect(empty.text.hasPrefix("no endpoint of prod/web is ready (request "))
            try await gateway.install([TestBackend(weight: 0, ports: [1])])
            #expect(try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").status == 500)
            let head = try await ask(gateway.port, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", bodiless: true)
            #expect(head.status == 500)
            // The connection goes on after a body that nobody wanted.
            try await withConnection(gateway.port) { connection in
                for _ in 0..<2 {
                    try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                    #expect(try await connection.message()?.status == 500)
                }
            }
            let counts = gateway.ledger.snapshot()
            #expect(counts[TrafficKey(route: "", backend: "")]?.codes[404] == 1)
            let key = counts.keys.first { $0.backend == "prod/web" }
            #expect(key?.track == "stable")
            #expect(key.flatMap { counts[$0]?.codes } == [503: 1])
        }
    }

    @Test func `a backend that speaks no HTTP is a bad gateway`() async throws {
        try await withBackend({ connection in
            _ = try await connection.message()
            try await connection.send("SSH-2.0-OpenSSH\r\n\r\n")
            _ = try await connection.rest()
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let answer = try await ask(gateway.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(answer.status == 502)
                #expect(answer.text.contains("not HTTP"))
            }
        }
    }

    @Test func `a backend that ends its lines with a bare line feed is understood, however it cuts its answer`()
        async throws
    {
        try await withBackend({ connection in
            while try await connection.message() != nil {
                for piece in ["HTTP/1.1 200 OK\nX-Script: a", "wk\nContent-Length: 3\n", "\nhi", "\n"] {
                    try await connection.send(piece)
                }
            }
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    for _ in 0..<2 {
                        try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
                        let answer = try await connection.message()
                        #expect(answer?.status == 200)
                        #expect(answer?["x-script"] == "awk")
                        #expect(answer?.text == "hi\n")
                    }
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                    let raw = String(decoding: try await connection.rest(), as: UTF8.self)
                    #expect(raw.contains("\r\nX-Script: awk\r\n") && raw.hasSuffix("\r\n\r\nhi\n"))
                }
            }
        }
    }

    @Test func `an answer that stops in its middle ends the connection and counts as an error`() async throws {
        try await withBackend({ connection in
            _ = try await connection.message()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let text = try await withConnection(gateway.port) { connection in
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    return String(decoding: try await connection.rest(), as: UTF8.self)
                }
                #expect(text.hasSuffix("half"))
                #expect(gateway.codes == [502: 1])
            }
        }
    }
}
