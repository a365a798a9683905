import HTTPTypes
import Hummingbird
import Logging
import Problems
import Web

/// What every answer of the console carries: the policy that keeps foreign content out, and problems as pages.
struct PageMiddleware: RouterMiddleware {
    typealias Context = WebContext

    /// Only files and connections of the console's own; no inline script or style (<https://www.w3.org/TR/CSP3/>).
    static let policy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as CancellationError {
            throw error
        } catch {
            response = show(error, request, context)
        }
        for (name, value) in [
            ("Content-Security-Policy", Self.policy), ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
        ] {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "private, no-cache" }
        return response
    }

    private func show(_ error: any Error, _ request: Request, _ context: WebContext) -> Response {
        var status: HTTPResponse.Status?
        let problem: any Problem
        if let known = error as? any Problem {
            problem = known
        } else if let refused = error as? HTTPError {
            status = refused.status
            problem = PlainProblem(
                "console.request", refused.body ?? refused.status.reasonPhrase.lowercased(), category: .invalid)
        } else {
            context.logger.error(
                "page failed", metadata: ["http.path": "\(request.uri.path)", "error": "\(brief(error))"])
            problem = PlainProblem(
                "console.internal", "the page can't be shown", remedy: "Look for \"page failed\" in Estiba's log.")
        }
        let page = ProblemPage(problem: problem, viewer: Viewer(name: context.caller)).page
        return page.response(status: status ?? HTTPResponse.Status(code: problem.category.httpStatus))
    }
}

extension Page {
    func response(status: HTTPResponse.Status = .ok) -> Response {
        .bytes(Array(document.text.utf8), contentType: "text/html; charset=utf-8", status: status)
    }
}
