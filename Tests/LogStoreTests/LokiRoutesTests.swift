import AsyncHTTPClient
import EstibaTesting
import Foundation
import Hummingbird
import Kube
import LogStore
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import ServiceLifecycle
import Testing
import Web

@Suite("Loki's interface", .timeLimit(.minutes(1)))
struct LokiRoutesTests {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    func serve(_ body: (String) async throws -> Void) async throws {
        try await TemporaryDirectory.with { directory in
            let router = WebRouter(context: WebContext.self)
            router.add(middleware: ProblemMiddleware(.text))
            LokiRoutes(try LogStreams(path: directory.file("logs.db"))).add(to: router)
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            let server = WebServer(name: "test", port: 0, responder: router.buildResponder(), logger: logger) {
                continuation.yield($0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                let services = ServiceGroup(services: [server], logger: logger)
                group.addTask { try await services.run() }
                var iterator = ports.makeAsyncIterator()
                try await body("http://127.0.0.1:\(try #require(await iterator.next()))")
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
            }
        }
    }

    func send(_ method: HTTPMethod, _ url: String, _ body: String? = nil) async throws -> (Int, JSON?, String) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
        return (Int(response.status.code), try? JSON.parse(text), text)
    }

    @Test("what is pushed can be queried, newest first, with its labels")
    func pushAndQuery() async throws {
        try await serve { base in
            let push =
                #"{"streams":[{"stream":{"app":"p","service":"ships"},"values":[["1000000000","{\"status\":200}"],["2000000000","{\"status\":500}"]]}]}"#
            let pushed = try await send(.POST, base + "/loki/api/v1/push", push)
            #expect(pushed.0 == 204)
            let lines = try await send(.GET, base + "/loki/api/v1/query_range?query=%7Bapp%3D%22p%22%7D&start=0&end=10")
                .1
            #expect(lines?["data"]?["resultType"] == "streams")
            #expect(lines?["data"]?["result"]?[0]?["values"]?[0]?[0] == "2000000000")
            let parsed = try await send(
                .GET,
                base
                    + "/loki/api/v1/query_range?query=%7Bapp%3D%22p%22%7D%20%7C%20json%20%7C%20status%3E%3D500&start=0&end=10"
            ).1
            #expect(parsed?["data"]?["result"]?[0]?["stream"]?["status"] == "500")
            let count = try await send(
                .GET, base + "/loki/api/v1/query?query=sum(count_over_time(%7Bapp%3D%22p%22%7D%5B1m%5D))&time=10"
            ).1
            #expect(count?["data"]?["result"]?[0]?["value"]?[1] == "2")
            let labels = try await send(.GET, base + "/loki/api/v1/labels").1
            #expect(labels?["data"] == ["app", "service"])
            let values = try await send(.GET, base + "/loki/api/v1/label/service/values").1
            #expect(values?["data"] == ["ships"])
        }
    }

    @Test("mistakes are answered in plain text, as Loki does")
    func mistakes() async throws {
        try await serve { base in
            let syntax = try await send(.GET, base + "/loki/api/v1/query_range?query=%7Bapp")
            #expect(syntax.0 == 400 && syntax.2.contains("expected one of = != =~ !~"))
            let missing = try await send(.GET, base + "/loki/api/v1/query_range")
            #expect(missing.0 == 400)
            let empty = try await send(.POST, base + "/loki/api/v1/push", #"{"streams":[]}"#)
            #expect(empty.0 == 422)
            let steps = try await send(
                .GET, base + "/loki/api/v1/query_range?query=rate(%7Ba%3D%22b%22%7D%5B1m%5D)&start=0&end=100000&step=1")
            #expect(steps.0 == 400 && steps.2.contains("maximum resolution"))
        }
    }
}
