package import Delivery
import HTTPTypes
package import Hummingbird
import Problems
package import Web

/// Git's smart HTTP protocol (gitprotocol-http(5)) at `/git/NAME.git/…`, served by the system's `git http-backend`.
package struct GitRoutes: Sendable {
    /// What a client is about to do.
    package enum Access: Sendable {
        case fetch
        case push
    }

    private let repositories: Repositories
    private let changed: @Sendable (AppName) -> Void
    private let authorize: @Sendable (Access, AppName, WebContext) throws -> Void

    /// - Parameters:
    ///   - changed: Called after every push, whether it changed anything or not.
    ///   - authorize: Throws where the caller may not do this.
    package init(
        repositories: Repositories, changed: @escaping @Sendable (AppName) -> Void,
        authorize: @escaping @Sendable (Access, AppName, WebContext) throws -> Void
    ) {
        self.repositories = repositories
        self.changed = changed
        self.authorize = authorize
    }

    /// Adds the routes. A repository is made by the first push to it.
    package func add(to router: Router<WebContext>) {
        router.get("/git/:repository/info/refs") { request, context in
            let service = request.uri.queryParameters["service"].map(String.init)
            return try await serve(request, context, service: service, tail: "info/refs")
        }
        for service in ["git-upload-pack", "git-receive-pack"] {
            router.post("/git/:repository/\(service)") { request, context in
                try await serve(request, context, service: service, tail: service)
            }
        }
    }

    private func serve(_ request: Request, _ context: WebContext, service: String?, tail: String) async throws
        -> Response
    {
        let access: Access
        switch service {
        case "git-upload-pack": access = .fetch
        case "git-receive-pack": access = .push
        default:
            throw PlainProblem(
                "commits.http.dumb", "this server speaks git's smart protocol only", remedy: "Use git 1.6.6 or newer.",
                category: .unsupported)
        }
        let app = try name(context)
        try authorize(access, app, context)
        let repository = access == .push ? try await repositories.create(app) : try repositories.repository(app)
        let mayChange = access == .push && tail != "info/refs"
        return try await GitBackend(repository: repository, tail: tail).respond(to: request, context) {
            if mayChange { changed(app) }
        }
    }

    private func name(_ context: WebContext) throws -> AppName {
        let text = context.parameters.get("repository") ?? ""
        return try AppName(text.hasSuffix(".git") ? String(text.dropLast(4)) : text)
    }
}
