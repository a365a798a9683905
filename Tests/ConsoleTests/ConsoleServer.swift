import Console
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Testing
import Web

/// A console on a free port, for as long as the body runs.
struct ConsoleServer {
    let facts: ScriptedFacts
    let actions: ScriptedActions
    let port: Int

    /// Says who the caller is by a header, in place of the cookie that the program sets.
    private struct Caller: RouterMiddleware {
        typealias Context = WebContext
        let standard: String?
        func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
            async throws -> Response
        {
            var context = context
            context.caller = request.headers[.cookie].map { String($0.dropFirst("user=".count)) } ?? standard
            return try await next(request, context)
        }
    }

    static func with(
        _ world: ScriptedFacts.World = Port.busy(), refusal: (any Error)? = nil, caller: String? = nil,
        now: @escaping @Sendable () -> Date = { Port.now },
        pause: @escaping @Sendable () async throws -> Void = { await Task.yield() },
        _ body: (ConsoleServer) async throws -> Void
    ) async throws {
        let facts = ScriptedFacts(world)
        let actions = ScriptedActions(refusal: refusal)
        let router = WebRouter(context: WebContext.self)
        router.add(middleware: Caller(standard: caller))
        ConsoleRoutes(facts: facts, actions: actions, now: now, pause: pause).add(to: router)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let server = WebServer(name: "console", port: 0, responder: router.buildResponder(), logger: logger) {
            continuation.yield($0)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(services: [server], logger: logger)
            group.addTask { try await services.run() }
            var iterator = ports.makeAsyncIterator()
            let bound = try #require(await iterator.next())
            try await body(ConsoleServer(facts: facts, actions: actions, port: bound))
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }
}
