package import FoundationEssentials
package import Kube
package import Store

/// The Kubernetes API over a revision log, without HTTP: a request comes in as a value and its answer goes out as one.
///
/// https://kubernetes.io/docs/reference/using-api/api-concepts/
package struct KubernetesAPI: Sendable {
    let log: RevisionLog
    let settings: APIServerSettings
    let logs: any PodLogs
    let now: @Sendable () -> Date
    let kinds: ServedKinds
    let schema: SchemaTable
    let discovery: Discovery
    let openAPI: OpenAPI

    /// - Parameters:
    ///   - logs: Where `pods/log` reads.
    ///   - now: The time that objects carry and that decides what has expired.
    package init(
        log: RevisionLog, settings: APIServerSettings = APIServerSettings(), logs: any PodLogs,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.log = log
        self.settings = settings
        self.logs = logs
        self.now = now
        kinds = .standard
        schema = .kubernetes
        discovery = Discovery(kinds: .standard, version: settings.version)
        openAPI = OpenAPI(kinds: .standard, schema: .kubernetes)
    }

    /// Answers a request. Every failure is an answer too: a Status with its code.
    ///
    /// - Throws: only `CancellationError`.
    package func respond(to request: ClusterRequest, as caller: Caller) async throws -> ClusterResponse {
        do {
            return try await answer(request, caller)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            return .failure(error)
        }
    }

    private func answer(_ request: ClusterRequest, _ caller: Caller) async throws -> ClusterResponse {
        let target = RequestTarget(path: request.path, kinds: kinds)
        if case .objects(let target) = target { return try await answer(request, target, caller) }
        if case .review(let review) = target {
            guard request.method == "POST" else { throw StatusProblem.methodNotAllowed() }
            return try answer(review: review, request, caller)
        }
        guard request.method == "GET" || request.method == "HEAD" else { throw StatusProblem.methodNotAllowed() }
        switch target {
        case .version: return discovery.versionAnswer
        case .health: return .text("ok")
        case .groups(let isCore): return discovery.groups(isCore: isCore, request)
        case .group(let name): return try discovery.group(name)
        case .resources(let apiVersion): return try discovery.resources(apiVersion)
        case .openAPIIndex: return openAPI.index()
        case .openAPI(let path): return try openAPI.document(path, request)
        case .objects, .review, .unknown: throw StatusProblem.unknownPath
        }
    }

    private func answer(_ request: ClusterRequest, _ target: ObjectTarget, _ caller: Caller) async throws
        -> ClusterResponse
    {
        guard let name = target.name else {
            switch request.method {
            case "GET":
                let isWatch = ["true", "1"].contains(request.query("watch") ?? "")
                return try isWatch ? watch(request, target) : list(request, target)
            case "POST":
                if target.kind.type.isNamespaced, target.namespace == nil { throw StatusProblem.methodNotAllowed() }
                return try await create(request, target)
            case "DELETE" where target.kind.deletesCollection: return try await deleteCollection(request, target)
            default: throw StatusProblem.methodNotAllowed()
            }
        }
        switch (request.method, target.subresource) {
        case ("GET", nil), ("GET", "status"):
            try check(target.subresource, of: target.kind)
            return try get(request, target, name)
        case ("PUT", nil), ("PUT", "status"), ("PUT", "finalize"):
            try check(target.subresource, of: target.kind)
            return try await update(request, target, name)
        case ("PATCH", nil), ("PATCH", "status"):
            try check(target.subresource, of: target.kind)
            return try await patch(request, target, name)
        case ("DELETE", nil): return try await delete(request, target, name)
        case (_, let subresource?):
            try check(subresource, of: target.kind)
            return try await answer(request, target, name, subresource)
        default: throw StatusProblem.methodNotAllowed()
        }
    }

    private func answer(
        _ request: ClusterRequest, _ target: ObjectTarget, _ name: String, _ subresource: String
    ) async throws -> ClusterResponse {
        switch (request.method, subresource) {
        case ("GET", "scale"): return try getScale(target, name)
        case ("PUT", "scale"), ("PATCH", "scale"): return try await changeScale(request, target, name)
        case ("GET", "log"): return try await podLog(request, target, name)
        case ("POST", "binding"): return try await bind(request, target, name)
        case ("POST", "eviction"): return try await evict(request, target, name)
        default: throw StatusProblem.methodNotAllowed()
        }
    }

    private func check(_ subresource: String?, of kind: ServedKind) throws {
        guard let subresource else { return }
        if kind.type == Pod.resource, ["exec", "attach", "portforward"].contains(subresource) {
            throw StatusProblem(501, "NotImplemented", "pods/\(subresource) is not served by this cluster yet")
        }
        if kind.subresource(subresource) == nil { throw StatusProblem.unknownPath }
    }

    /// What decodes the bodies of requests.
    var bodies: BodyDecoding { BodyDecoding(kinds: kinds, schema: schema) }

    /// The stored object, or 404.
    func stored(_ kind: ServedKind, _ namespace: String?, _ name: String) throws -> StoredObject {
        guard let object = log.object(kind.key(namespace, name)) else { throw StatusProblem.notFound(kind, name) }
        return object
    }
}
