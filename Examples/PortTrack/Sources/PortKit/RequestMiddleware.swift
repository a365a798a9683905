import HTTPTypes
import Hummingbird
import Logging

/// Counts each request, times it and writes a log line for it; probes and scrapes are not counted.
struct RequestMiddleware<Context: RequestContext>: RouterMiddleware {
    let metrics: Metrics
    let logger: Logger

    func handle(_ request: Request, context: Context, next: (Request, Context) async throws -> Response) async throws
        -> Response
    {
        let path = request.uri.path
        if path == "/healthz" || path == "/readyz" || path == "/metrics" { return try await next(request, context) }
        let start = ContinuousClock.now
        let response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            response = try error.response(from: request, context: context)
        } catch {
            logger.error("request failed", metadata: ["path": "\(path)", "error": "\(error)"])
            response = try InputError(.internalServerError, "the service failed").response(
                from: request, context: context)
        }
        let elapsed = (ContinuousClock.now - start).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        metrics.record(
            route: context.endpointPath ?? "other", method: request.method.rawValue, status: response.status.code,
            seconds: seconds)
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue)", "path": "\(path)", "status": "\(response.status.code)",
                "milliseconds": "\((seconds * 1_000_000).rounded() / 1000)",
            ])
        return response
    }
}
