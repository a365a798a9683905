import Foundation
import HTTPTypes
import Hummingbird
import Problems
import Web

/// Finds out who is asking: a bearer token, git's basic password, or the cookie of the console.
struct AccessMiddleware: RouterMiddleware {
    typealias Context = WebContext
    static let cookie = "estiba"
    let access: Access

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response)
        async throws -> Response
    {
        var context = context
        context.caller = Self.token(of: request).flatMap(access.user(token:))
        return try await next(request, context)
    }

    private static func token(of request: Request) -> String? {
        if let header = request.headers[.authorization] {
            if header.hasPrefix("Bearer ") { return String(header.dropFirst(7)) }
            if header.hasPrefix("Basic "), let data = Data(base64Encoded: String(header.dropFirst(6))) {
                let pair = String(decoding: data, as: UTF8.self).split(separator: ":", maxSplits: 1)
                return pair.last.map(String.init)
            }
        }
        return request.cookies[cookie]?.value
    }
}

extension WebContext {
    /// A browser sends its cookie to whoever asks for it, so a change by cookie must come from the console's own pages.
    func guardAgainstForgery(_ request: Request) throws {
        guard request.headers[.authorization] == nil, request.method != .get else { return }
        guard let origin = request.headers[.origin], let host = request.head.authority,
            let originHost = origin.components(separatedBy: "://").last, originHost == host
        else {
            throw PlainProblem(
                "access.origin", "this request does not come from the console's own pages",
                remedy: "Send a token in the Authorization header.", category: .denied)
        }
    }
}
