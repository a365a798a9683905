import HTTPTypes
package import Hummingbird
import Kube
import NIOCore
package import Web

/// Serves the API over HTTP: a responder for a `WebServer` with TLS.
package struct APIResponder: HTTPResponder {
    package typealias Context = WebContext
    private let api: KubernetesAPI
    private let authenticator: any TokenAuthenticator

    /// The largest body that is read: what etcd would take, twice.
    private static let bodyLimit = 3 << 20

    package init(_ api: KubernetesAPI, authenticator: any TokenAuthenticator) {
        self.api = api
        self.authenticator = authenticator
    }

    package func respond(to request: Request, context: WebContext) async throws -> Response {
        do {
            let caller = try await caller(of: request)
            if caller.isAnonymous, !Self.isOpen(request.uri.path) {
                throw StatusProblem(401, "Unauthorized", "Unauthorized")
            }
            return Self.response(try await api.respond(to: try await Self.read(request), as: caller), to: request)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return Self.response(.failure(error), to: request)
        }
    }

    /// What anyone may ask: whether the server lives, and which version it is.
    private static func isOpen(_ path: String) -> Bool {
        ["/healthz", "/livez", "/readyz", "/version"].contains(path)
    }

    private func caller(of request: Request) async throws -> Caller {
        guard let header = request.headers[.authorization] else { return .anonymous }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw StatusProblem(401, "Unauthorized", "Unauthorized")
        }
        guard let caller = try await authenticator.caller(forToken: String(parts[1])) else {
            throw StatusProblem(401, "Unauthorized", "Unauthorized")
        }
        return caller
    }

    private static func read(_ request: Request) async throws -> ClusterRequest {
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            headers[name] = headers[name].map { "\($0), \(field.value)" } ?? field.value
        }
        var body = ByteBuffer()
        if request.method != .get, request.method != .head {
            do { body = try await request.body.collect(upTo: bodyLimit) } catch is NIOTooManyBytesError {
                throw StatusProblem(413, "RequestEntityTooLarge", "limit is \(bodyLimit) bytes")
            }
        }
        return ClusterRequest(
            request.method.rawValue, request.uri.path, query: query(request.uri.query ?? ""), headers: headers,
            body: Array(body.readableBytesView))
    }

    /// The pairs of a query, decoded (application/x-www-form-urlencoded).
    static func query(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decode(_ part: Substring) -> String {
                RequestTarget.unescape(
                    String(part.utf8.map { $0 == UInt8(ascii: "+") ? " " : Character(UnicodeScalar($0)) }))
            }
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func response(_ answer: ClusterResponse, to request: Request) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let field = HTTPField.Name(name) { headers[field] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.body {
        case .bytes(let bytes):
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        case .stream(let stream):
            return Response(
                status: status, headers: headers,
                body: ResponseBody { writer in
                    // A watch may be silent for long: that its client has gone shows on the way in only.
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        // The headers go out before the first piece: clients of a quiet watch wait for them.
                        try await writer.write(ByteBuffer())
                        for try await piece in stream { try await writer.write(ByteBuffer(bytes: piece)) }
                        try await writer.finish(nil)
                    }
                })
        }
    }
}
