import Foundation
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import Problems
import Web

/// Lets a browser take over the identity of the command line: a code that is good once and for a minute becomes a cookie.
actor LoginDesk {
    private var codes: [String: (token: String, until: Date)] = [:]

    func issue(for token: String, now: Date) -> String {
        codes = codes.filter { $0.value.until > now }
        let code = AccessToken.random().value
        codes[code] = (token, now.addingTimeInterval(60))
        return code
    }

    /// The token behind a code; nil for one that is unknown, used or late.
    func redeem(_ code: String, now: Date) -> String? {
        guard let found = codes.removeValue(forKey: code), found.until > now else { return nil }
        return found.token
    }
}

/// `/login` and `/logout` of the console.
struct LoginRoutes: Sendable {
    let desk = LoginDesk()

    func add(to router: WebRouter) {
        router.post("/api/v1/login-codes") { request, context -> Response in
            guard context.caller != nil, let header = request.headers[.authorization], header.hasPrefix("Bearer ")
            else {
                throw AccessProblem.unknownCaller(.administer)
            }
            return try .json(["code": await desk.issue(for: String(header.dropFirst(7)), now: Date())])
        }
        router.get("/login") { request, _ -> Response in
            let code = request.uri.queryParameters["code"].map(String.init) ?? ""
            guard let token = await desk.redeem(code, now: Date()) else {
                throw PlainProblem(
                    "login.code", "this link has been used or is older than a minute",
                    remedy: "Get a new one with \"estiba login\".", category: .unauthenticated)
            }
            return redirect(
                cookie: "\(AccessMiddleware.cookie)=\(token); Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000")
        }
        router.post("/logout") { request, context -> Response in
            try context.guardAgainstForgery(request)
            return redirect(cookie: "\(AccessMiddleware.cookie)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
        }
    }

    private func redirect(cookie: String) -> Response {
        var headers = HTTPFields()
        headers[.location] = "/"
        headers[.setCookie] = cookie
        return Response(status: .seeOther, headers: headers)
    }
}
