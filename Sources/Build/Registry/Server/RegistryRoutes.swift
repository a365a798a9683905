package import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OCI
import Problems
import Store
package import Web

/// What a request wants to do, for the guard.
package struct RegistryAccess: Sendable, Equatable {
    package enum Action: String, Sendable {
        case pull, push, delete
    }

    /// Nil for the base endpoint and the catalogue.
    package let repository: String?
    package let action: Action
}

/// The OCI distribution API (v1.1, https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md) over a `RegistryStore`.
package struct RegistryRoutes: Sendable {
    /// Decides whether a request may go on; throws `RegistryProblem.unauthorized` or `.denied` where not.
    package typealias Guard = @Sendable (RegistryAccess, HTTPFields, WebContext) async throws -> Void

    let store: RegistryStore
    let sessions: UploadSessions
    let check: Guard

    /// Without a guard, only clients on this machine are served.
    package init(_ store: RegistryStore, guard check: @escaping Guard = Self.loopbackOnly) {
        self.store = store
        self.check = check
        sessions = UploadSessions(store.blobs)
    }

    package static let loopbackOnly: Guard = { _, _, context in
        if !context.isLoopback { throw RegistryProblem.unauthorized }
    }

    /// Adds everything below `/v2`.
    package func add(to router: WebRouter) {
        for method: HTTPRequest.Method in [.get, .head, .put, .post, .patch, .delete] {
            for path: RouterPath in ["/v2", "/v2/**"] {
                router.on(path, method: method) { request, context in await respond(request, context) }
            }
        }
    }

    private func respond(_ request: Request, _ context: WebContext) async -> Response {
        var response: Response
        do {
            response = try await dispatch(request, context)
        } catch {
            response = failure(error, context)
        }
        response.headers.set(RegistryHeader.apiVersion, "registry/2.0")
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func dispatch(_ request: Request, _ context: WebContext) async throws -> Response {
        let path = request.uri.path
        guard let route = try RegistryRoute.parse(path) else {
            throw RegistryProblem.unsupported(what: "\(request.method.rawValue) \(path)")
        }
        let isRead = request.method == .get || request.method == .head
        let isUpload = if case .upload = route { true } else { false }
        let action: RegistryAccess.Action =
            isRead && !isUpload ? .pull : request.method == .delete && !isUpload ? .delete : .push
        try await check(RegistryAccess(repository: route.repository, action: action), request.headers, context)
        switch (route, request.method) {
        case (.base, .get), (.base, .head): return .bytes(Array("{}".utf8), contentType: "application/json")
        case (.catalog, .get): return try await catalog(request)
        case (.tags(let name), .get): return try await tags(name, request)
        case (.referrers(let name, let digest), .get): return try await referrers(name, digest, request)
        case (.manifest(let name, let reference), .get), (.manifest(let name, let reference), .head):
            return try await getManifest(name, reference, request)
        case (.manifest(let name, let reference), .put): return try await putManifest(name, reference, request)
        case (.manifest(let name, let reference), .delete): return try await deleteManifest(name, reference)
        case (.blob(let name, let digest), .get), (.blob(let name, let digest), .head):
            return try await getBlob(name, digest, request, context)
        case (.blob(let name, let digest), .delete): return try await deleteBlob(name, digest)
        case (.uploads(let name), .post): return try await beginUpload(name, request)
        case (.upload(let name, let id), .get): return try await uploadStatus(name, id)
        case (.upload(let name, let id), .patch): return try await continueUpload(name, id, request)
        case (.upload(let name, let id), .put): return try await finishUpload(name, id, request)
        case (.upload(let name, let id), .delete): return try await cancelUpload(name, id)
        default: throw RegistryProblem.unsupported(what: "\(request.method.rawValue) \(path)")
        }
    }

    private func failure(_ error: any Error, _ context: WebContext) -> Response {
        var status = HTTPResponse.Status.internalServerError
        var code = "UNKNOWN"
        var headers = HTTPFields()
        var message = brief(error)
        switch error {
        case let problem as RegistryProblem:
            status = .init(code: problem.httpStatus)
            code = problem.ociCode
            if problem == .unauthorized { headers[.wwwAuthenticate] = "Basic realm=\"estiba\"" }
            if case .outOfOrder(_, let size) = problem { headers[.range] = Self.uploadRange(size) }
        case let problem as OCIProblem:
            status = .badRequest
            code = "DIGEST_INVALID"
            if case .io = problem { (status, code) = (.init(code: problem.category.httpStatus), "UNKNOWN") }
        case BlobProblem.noUpload: (status, code) = (.notFound, "BLOB_UPLOAD_UNKNOWN")
        case BlobProblem.uploadInUse: (status, code) = (.conflict, "BLOB_UPLOAD_INVALID")
        case BlobProblem.missing: (status, code) = (.notFound, "BLOB_UNKNOWN")
        case let problem as any Problem: status = .init(code: problem.category.httpStatus)
        default: message = "the request failed inside Estiba; its log says more"
        }
        if status.code >= 500 {
            context.logger.error("registry request failed", metadata: ["error": "\(brief(error))"])
        }
        var response = Response.bytes(
            Array(WireRendering.oci(code: code, message: message).utf8), contentType: "application/json", status: status
        )
        for field in headers { response.headers.append(field) }
        return response
    }

    static func digest(_ text: String) throws(RegistryProblem) -> Digest {
        do { return try Digest(text) } catch { throw .invalidDigest(why: error.summary) }
    }

    static func uploadRange(_ size: Int64) -> String { "0-\(max(0, size - 1))" }
}
