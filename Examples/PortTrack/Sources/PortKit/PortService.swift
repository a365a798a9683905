import FoundationEssentials
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What every service of PortTrack shares: its routes plus `/healthz`, `/readyz` and `/metrics`.
package struct PortService: Sendable {
    package let name: String
    package let logger: Logger
    package let metrics: Metrics
    private let ready: @Sendable () async throws -> Void
    private let routes: @Sendable (Router<BasicRequestContext>) -> Void

    /// - Parameters:
    ///   - ready: Throws while the service can't serve, for instance because its database is gone.
    ///   - routes: Adds the service's own routes.
    package init(
        name: String, logger: Logger, metrics: Metrics = Metrics(), ready: @escaping @Sendable () async throws -> Void,
        routes: @escaping @Sendable (Router<BasicRequestContext>) -> Void
    ) {
        self.name = name
        self.logger = logger
        self.metrics = metrics
        self.ready = ready
        self.routes = routes
    }

    package func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.middlewares.add(RequestMiddleware(metrics: metrics, logger: logger))
        router.get("/healthz") { _, _ in "ok\n" }
        router.get("/readyz") { [ready] _, _ -> Response in
            do {
                try await ready()
                return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: "ok\n")))
            } catch {
                return Response(
                    status: .serviceUnavailable, body: ResponseBody(byteBuffer: ByteBuffer(string: "\(error)\n")))
            }
        }
        router.get("/metrics") { [metrics] _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition)))
        }
        routes(router)
        return router
    }

    /// Serves on `PORT` (default 8080) until the process is asked to stop.
    package func run() async throws {
        let port = ProcessInfo.processInfo.environment["PORT"].flatMap { Int($0) } ?? 8080
        var quiet = logger
        quiet.logLevel = .warning
        let application = Application(
            router: router(), configuration: ApplicationConfiguration(address: .hostname("0.0.0.0", port: port)),
            logger: quiet)
        logger.info("serving", metadata: ["port": "\(port)"])
        try await application.runService()
    }
}

/// The setting of this name, or the default.
package func setting(_ name: String, default value: String) -> String {
    ProcessInfo.processInfo.environment[name] ?? value
}
