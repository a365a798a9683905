import HTTPTypes
package import Hummingbird
import Logging
import NIOCore
package import Problems

/// Turns problems that routes throw into responses of the surface's own protocol.
package struct ProblemMiddleware: RouterMiddleware {
    package typealias Context = WebContext

    /// How a protocol shows a problem: the body, and its content type.
    package struct Format: Sendable {
        let contentType: String
        let render: @Sendable (any Problem) -> String

        package init(contentType: String = "application/json", render: @escaping @Sendable (any Problem) -> String) {
            self.contentType = contentType
            self.render = render
        }

        package static let rest = Format { WireRendering.rest($0) }
        package static let kubernetes = Format { WireRendering.kubernetesStatus($0) }
        package static let text = Format(contentType: "text/plain; charset=utf-8") { $0.oneLine + "\n" }
    }

    private let format: Format
    private let challenge: @Sendable (Request) -> String

    /// - Parameter challenge: How a caller that isn't known may say who it is, for `WWW-Authenticate` (RFC 9110 §11.6.1).
    package init(
        _ format: Format = .rest,
        challenge: @escaping @Sendable (Request) -> String = { _ in #"Bearer realm="estiba""# }
    ) {
        self.format = format
        self.challenge = challenge
    }

    package func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as any Problem {
            return response(problem, to: request)
        } catch let error as HTTPError {
            let problem = PlainProblem(
                "web.request",
                error.body ?? "\(request.method.rawValue) \(request.uri.path): \(error.status.reasonPhrase)",
                category: error.status == .notFound ? .notFound : .invalid)
            return response(problem, to: request, status: error.status)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error(
                "request failed", metadata: ["http.path": "\(request.uri.path)", "error": "\(brief(error))"])
            return response(
                PlainProblem(
                    "web.internal", "the request failed inside Estiba",
                    remedy: "Look for \"request failed\" in Estiba's log.", cause: error), to: request)
        }
    }

    private func response(_ problem: any Problem, to request: Request, status: HTTPResponse.Status? = nil) -> Response {
        let status = status ?? HTTPResponse.Status(code: problem.category.httpStatus)
        var headers = HTTPFields()
        headers[.contentType] = format.contentType
        if status == .unauthorized { headers[.wwwAuthenticate] = challenge(request) }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(string: format.render(problem))))
    }
}
