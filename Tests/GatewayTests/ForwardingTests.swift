import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct ForwardingTests {
    @Test func `a request reaches its backend without what belongs to the connection`() async throws {
        try await withBackend(echo) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let answer = try await ask(
                    gateway.port,
                    "POST /a/b?c=d HTTP/1.1\r\nHost: example.com:81\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-Stays: yes\r\n"
                        + "TE: trailers\r\nX-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nX-Request-ID: abc-1\r\n"
                        + "Proxy-Authorization: secret\r\nContent-Length: 5\r\n\r\nhello")
                #expect(answer.status == 200)
                #expect(answer["x-backend"] == "echo")
                let lines = Set(answer.text.split(separator: "\n").map(String.init))
                #expect(
                    lines.isSuperset(of: [
                        "POST /a/b?c=d HTTP/1.1", "host: example.com:81", "x-stays: yes", "content-length: 5", "hello",
                        "x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http", "x-forwarded-host: example.com:81",
                        "x-request-id: abc-1",
                    ]))
                for gone in ["x-hop", "te:", "forwarded:", "proxy-auth", "connection", "6.6.6.6"] {
                    #expect(!answer.text.split(separator: "\n").contains { $0.hasPrefix(gone) }, "\(gone)")
                }
            }
        }
    }

    @Test func `what a trusted proxy says is kept and continued`() async throws {
        try await withBackend(echo) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])]), settings: { $0.trustsForwarded = true })
            { gateway in
                let answer = try await ask(
                    gateway.port,
                    "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\n\r\n")
                #expect(answer.text.contains("x-forwarded-for: 6.6.6.6, 127.0.0.1\n"))
                #expect(answer.text.contains("x-forwarded-proto: https\n"))
            }
        }
    }

    @Test func `connections are kept on both sides, and pipelined requests are answered in order`() async throws {
        let accepted = Counter()
        try await withBackend({ connection in
            await accepted.add()
            try await echo(connection)
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    let many = (0..<20).map { "GET /\($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
                    try await connection.send(many)
                    for number in 0..<20 {
                        let answer = try #require(try await connection.message())
                        #expect(answer.text.hasPrefix("GET /\(number) "))
                    }
                }
                #expect(await accepted.value == 1)
                #expect(gateway.codes == [200: 20])
            }
        }
    }

    @Test func `HEAD has no body and leaves the connection usable`() async throws {
        try await withBackend(echo) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    try await connection.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n")
                    let head = try #require(try await connection.message(bodiless: true))
                    #expect(head["content-length"] != "0")
                    let answer = try #require(try await connection.message())
                    #expect(answer.text.hasPrefix("GET /b"))
                }
            }
        }
    }

    @Test func `chunks pass both ways`() async throws {
        try await withBackend({ connection in
            while let request = try await connection.message() {
                let text = request.text
                try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                for character in text { try await connection.send("1\r\n\(character)\r\n") }
                try await connection.send("0\r\n\r\n")
            }
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let request = "Host: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
                for _ in 0..<2 {
                    let answer = try await ask(gateway.port, "POST / HTTP/1.1\r\n" + request)
                    #expect(answer.text == "abcde")
                }
                // A client of HTTP/1.0 gets the content alone, up to the end of the connection.
                let old = try await withConnection(gateway.port) { connection in
                    try await connection.send("POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nxy")
                    return String(decoding: try await connection.rest(), as: UTF8.self)
                }
                #expect(old.hasSuffix("\r\n\r\nxy"))
                #expect(!old.lowercased().contains("transfer-encoding"))
            }
        }
    }

    @Test func `an answer that ends with the connection ends the client's too`() async throws {
        try await withBackend({ connection in
            _ = try await connection.message()
            try await connection.send("HTTP/1.0 200 OK\r\n\r\nto the end")
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                let text = try await withConnection(gateway.port) { connection in
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    return String(decoding: try await connection.rest(), as: UTF8.self)
                }
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(text.contains("connection: close\r\n"))
                #expect(text.hasSuffix("to the end"))
            }
        }
    }

    @Test func `100 Continue is asked for and passed on`() async throws {
        try await withBackend({ connection in
            _ = try await connection.head()
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            let body = try await connection.read(5)
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + String(decoding: body, as: UTF8.self))
            _ = try await connection.head()
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    try await connection.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
                    let interim = try await connection.head()
                    #expect(interim?.status == 100)
                    try await connection.send("hello")
                    let answer = try await connection.message()
                    #expect(answer?.text == "hello")
                }
            }
        }
    }

    @Test func `large bodies stream both ways`() async throws {
        let size = 24 << 20
        try await withBackend({ connection in
            guard let head = try await connection.head(), let length = head["content-length"].flatMap({ Int($0) })
            else { return }
            let (count, sum) = try await connection.skip(length)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\nX-Sum: \(count) \(sum)\r\n\r\n")
            let piece = [UInt8](repeating: 7, count: 1 << 16)
            for _ in 0..<(length / piece.count) { try await connection.send(bytes: piece) }
            _ = try await connection.head()
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    try await connection.send("PUT /big HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n")
                    let piece = (0..<(1 << 16)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                    var sum: UInt64 = 0
                    for _ in 0..<(size / piece.count) {
                        try await connection.send(bytes: piece)
                        for byte in piece { sum = sum &* 31 &+ UInt64(byte) }
                    }
                    let head = try #require(try await connection.head())
                    #expect(head["x-sum"] == "\(size) \(sum)")
                    #expect(try await connection.skip(size).count == size)
                }
            }
        }
    }

    @Test func `an upgrade makes the connection a tunnel`() async throws {
        try await withBackend({ connection in
            let request = try await connection.head()
            guard request?["upgrade"] == "websocket", request?["connection"] == "upgrade" else { return }
            try await connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nhi ")
            while case let bytes = try await connection.read(4), !bytes.isEmpty {
                try await connection.send(bytes: bytes.reversed())
            }
        }) { port in
            try await withGateway(try testTable([TestBackend(ports: [port])])) { gateway in
                try await withConnection(gateway.port) { connection in
                    try await connection.send(
                        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabcd")
                    let head = try await connection.head()
                    #expect(head?.status == 101)
                    #expect(head?["upgrade"] == "websocket")
                    #expect(try await connection.read(7) == Array("hi dcba".utf8))
                    try await connection.send("1234")
                    #expect(try await connection.read(4) == Array("4321".utf8))
                }
                #expect(gateway.codes == [101: 1])
            }
        }
    }

    @Test func `filters change headers, paths and send elsewhere`() async throws {
        try await withBackend(echo) { port in
            let backend = [TestBackend(ports: [port])]
            let edits = #"""
                "matches": [{"path": {"value": "/api"}}],
                "filters": [
                  {"type": "RequestHeaderModifier", "requestHeaderModifier":
                    {"set": [{"name": "X-Set", "value": "new"}], "add": [{"name": "X-Add", "value": "more"}], "remove": ["X-Gone"]}},
                  {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"set": [{"name": "X-Backend", "value": "hidden"}]}},
                  {"type": "URLRewrite", "urlRewrite": {"hostname": "inner", "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/v1"}}}]
                """#
            try await withGateway(try testTable(backend, rules: edits)) { gateway in
                let answer = try await ask(
                    gateway.port, "GET /api/x?y=z HTTP/1.1\r\nHost: a\r\nX-Set: old\r\nX-Gone: 1\r\n\r\n")
                #expect(answer["x-backend"] == "hidden")
                let lines = answer.text.split(separator: "\n")
                #expect(lines.first == "GET /v1/x?y=z HTTP/1.1")
                #expect(lines.contains("host: inner") && lines.contains("x-set: new") && lines.contains("x-add: more"))
                #expect(!lines.contains { $0.hasPrefix("x-gone") || $0 == "x-set: old" })
                try await gateway.install(
                    backend,
                    rules: #"""
                        "filters": [{"type": "RequestRedirect", "requestRedirect": {"scheme": "https", "statusCode": 301,
                          "path": {"type": "ReplaceFullPath", "replaceFullPath": "/new"}}}]
                        """#)
                let moved = try await ask(gateway.port, "GET /old?q=1 HTTP/1.1\r\nHost: a:8080\r\n\r\n")
                #expect(moved.status == 301)
                #expect(moved["location"] == "https://a/new?q=1")
            }
        }
    }
}

/// Counts across tasks.
actor Counter {
    private(set) var value = 0
    func add() { value += 1 }
}
