import HTTPTypes
import Hummingbird
import Linux
import NIOCore
import Problems
import Web

/// One request, handed to `git http-backend` as a CGI program (git-http-backend(1), RFC 3875), streamed in both directions.
struct GitBackend: Sendable {
    let repository: Repository
    /// The path behind the repository: `info/refs`, `git-upload-pack`, `git-receive-pack`.
    let tail: String

    func respond(to request: Request, _ context: WebContext, afterwards: @escaping @Sendable () -> Void) async throws
        -> Response
    {
        let child = try await command(request, context).start(
            input: request.method == .post ? .pipe : .none, output: .pipe, error: .pipe)
        let exchange = GitExchange(child: child, request: request, afterwards: afterwards)
        return try await exchange.response()
    }

    private func command(_ request: Request, _ context: WebContext) -> Command {
        let folder = FileSystem.parent(of: repository.path)
        var variables = [
            "GIT_PROJECT_ROOT": folder, "GIT_HTTP_EXPORT_ALL": "1", "GATEWAY_INTERFACE": "CGI/1.1",
            "REQUEST_METHOD": request.method.rawValue, "PATH_INFO": "/\(repository.app).git/\(tail)",
            "QUERY_STRING": request.uri.query ?? "", "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": context.remoteAddress ?? "", "REMOTE_USER": context.caller ?? "estiba",
        ]
        variables["CONTENT_TYPE"] = request.headers[.contentType]
        variables["CONTENT_LENGTH"] = request.headers[.contentLength]
        variables["HTTP_CONTENT_ENCODING"] = request.headers[.contentEncoding]
        variables["GIT_PROTOCOL"] = HTTPField.Name("Git-Protocol").flatMap { request.headers[$0] }
        return Git(directory: nil, variables: variables).command(["http-backend"])
    }
}
