import AsyncHTTPClient
import EstibaTesting
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Problems
import ServiceLifecycle
import Testing
import Web

@Suite("listeners", .timeLimit(.minutes(1)))
struct WebServerTests {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    func router() -> WebRouter {
        let router = WebRouter(context: WebContext.self)
        router.add(middleware: ProblemMiddleware(.rest))
        router.get("/ok") { _, context in context.remoteAddress ?? "nobody" }
        router.get("/problem") { _, _ -> String in
            throw PlainProblem("test.missing", "no such thing", remedy: "Look elsewhere.", category: .notFound)
        }
        router.get("/crash") { _, _ -> String in throw CocoaError(.fileNoSuchFile) }
        return router
    }

    func serve(_ body: (Int) async throws -> Void) async throws {
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = WebServer(name: "test", port: 0, responder: router().buildResponder(), logger: logger) {
            continuation.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(services: [server], logger: logger)
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body(port)
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    func get(_ port: Int, _ path: String) async throws -> (Int, String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)"), timeout: .seconds(20))
        return (Int(response.status.code), String(buffer: try await response.body.collect(upTo: 1 << 20)))
    }

    @Test("answer, know the peer, and stop gracefully")
    func answers() async throws {
        try await serve { port in
            let (status, body) = try await get(port, "/ok")
            #expect(status == 200 && body == "127.0.0.1")
        }
    }

    @Test("turn a problem into its status and its words")
    func problems() async throws {
        try await serve { port in
            let (status, body) = try await get(port, "/problem")
            #expect(status == 404)
            #expect(
                body
                    == #"{"error":{"code":"test.missing","message":"no such thing. Look elsewhere.","remedy":"Look elsewhere."}}"#
            )
            #expect(try await get(port, "/nowhere").0 == 404)
            let (crash, text) = try await get(port, "/crash")
            #expect(crash == 500 && text.contains("web.internal"))
        }
    }

    @Test("say which port is in use, and how to find who uses it")
    func portInUse() async throws {
        try await serve { port in
            let second = WebServer(name: "registry", port: port, responder: router().buildResponder(), logger: logger)
            let problem = await #expect(throws: ListenProblem.self) {
                try await ServiceGroup(services: [second], logger: logger).run()
            }
            #expect(problem?.summary == "the registry can't listen on 127.0.0.1:\(port): the port is in use")
            #expect(problem?.remedy?.contains("ss -ltnp") == true)
        }
    }
}
