package import Kube
import Synchronization

/// A small Kubernetes API server in memory: it creates, reads, replaces, merge-patches, deletes and watches objects of any
/// kind, with versions, generations, generated names, finalizers and the deletion of bound pods in two steps. It neither
/// validates nor sets defaults.
package final class InMemoryCluster: ClusterTransport {
    struct Watcher: Sendable {
        let collection: Collection
        let selection: Selection
        let continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
    }

    struct State: Sendable {
        var version: Int64 = 0
        var objects: [String: JSON] = [:]
        var log: [(version: Int64, path: String, type: String, object: JSON)] = []
        var watchers: [Int: Watcher] = [:]
        var nextWatcher = 0
        var refusals: [@Sendable (ClusterRequest) -> String?] = []
    }

    let state = Mutex(State())

    package init() {}

    /// A client of this cluster.
    package var client: ClusterClient { ClusterClient(self) }

    /// Answers 403 with the returned reason to requests for which `rule` returns one.
    package func refuse(_ rule: @escaping @Sendable (ClusterRequest) -> String?) {
        state.withLock { $0.refusals.append(rule) }
    }

    /// From now on nothing is refused.
    package func refuseNothing() { state.withLock { $0.refusals = [] } }

    package func send(_ request: ClusterRequest) async throws -> ClusterResponse {
        try Task.checkCancellation()
        return state.withLock { state in
            for rule in state.refusals {
                if let reason = rule(request) { return Self.failure(403, "Forbidden", reason) }
            }
            guard let target = Target(path: request.path) else {
                return Self.failure(404, "NotFound", "the server could not find the requested resource")
            }
            switch (request.method, target.name) {
            case ("GET", nil):
                return request.query("watch") == "1" ? watch(request, target, &state) : list(request, target, state)
            case ("GET", _?): return get(target, state)
            case ("POST", _) where target.subresource == "binding": return bind(request, target, &state)
            case ("POST", nil): return create(request, target, &state)
            case ("PUT", _?): return write(request, target, &state) { _, body in body }
            case ("PATCH", _?): return write(request, target, &state) { old, patch in Self.merge(patch, into: old) }
            case ("DELETE", _?): return delete(request, target, &state)
            default: return Self.failure(405, "MethodNotAllowed", "\(request.method) \(request.path)")
            }
        }
    }

    // MARK: Answers

    static func answer(_ status: Int, _ body: JSON) -> ClusterResponse {
        ClusterResponse(status: status, headers: ["content-type": "application/json"], body: .bytes(body.bytes))
    }

    static func failure(_ code: Int, _ reason: String, _ message: String) -> ClusterResponse {
        answer(
            code,
            [
                "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": .int(Int64(code)),
                "reason": .string(reason), "message": .string(message),
            ])
    }

    static func notFound(_ target: Target) -> ClusterResponse {
        failure(404, "NotFound", "\(target.collection.plural) \"\(target.name ?? "")\" not found")
    }

    /// RFC 7396.
    static func merge(_ patch: JSON, into target: JSON) -> JSON {
        guard case .object(let members) = patch else { return patch }
        var result = target.object == nil ? JSON.emptyObject : target
        for (key, value) in members {
            result[key] = value.isNull ? nil : merge(value, into: result[key] ?? .null)
        }
        return result
    }
}

/// A collection of objects as its path names it.
struct Collection: Sendable, Equatable {
    /// `/api/v1` or `/apis/GROUP/VERSION`.
    let root: String
    let namespace: String?
    let plural: String

    func holds(_ path: String) -> Bool {
        guard let target = Target(path: path) else { return false }
        return target.collection.root == root && target.collection.plural == plural
            && (namespace == nil || namespace == target.collection.namespace)
    }
}

/// What a path names: a collection, an object in it, or a subresource of that.
struct Target: Sendable {
    let collection: Collection
    let name: String?
    let subresource: String?

    init?(path: String) {
        var parts = path.split(separator: "/").map(String.init)
        let rootLength = parts.first == "api" ? 2 : 3
        guard parts.count > rootLength else { return nil }
        let root = "/" + parts.prefix(rootLength).joined(separator: "/")
        parts.removeFirst(rootLength)
        var namespace: String?
        if parts.first == "namespaces", parts.count > 2, !["status", "finalize"].contains(parts[2]) {
            namespace = parts[1]
            parts.removeFirst(2)
        }
        collection = Collection(root: root, namespace: namespace, plural: parts[0])
        name = parts.count > 1 ? parts[1] : nil
        subresource = parts.count > 2 ? parts[2] : nil
    }

    /// The path under which the object is kept.
    func path(name: String) -> String {
        let namespace = collection.namespace.map { "/namespaces/\($0)" } ?? ""
        return "\(collection.root)\(namespace)/\(collection.plural)/\(name)"
    }
}

/// What a list or watch asks for by labels and fields; only equality, which is all that tests need.
struct Selection: Sendable {
    private let labels: [(key: String, value: String)]
    private let fields: [(key: String, value: String)]

    init(_ request: ClusterRequest) {
        func pairs(_ name: String) -> [(key: String, value: String)] {
            (request.query(name) ?? "").split(separator: ",").compactMap { pair in
                let halves = pair.split(separator: "=", omittingEmptySubsequences: true)
                return halves.count == 2 ? (String(halves[0]), String(halves[1])) : nil
            }
        }
        labels = pairs("labelSelector")
        fields = pairs("fieldSelector")
    }

    func holds(_ object: JSON) -> Bool {
        labels.allSatisfy { object[path: "metadata", "labels"]?[$0.key]?.string == $0.value }
            && fields.allSatisfy { field in
                object.value(at: field.key.split(separator: ".").map(String.init)[...])?.string == field.value
            }
    }
}
