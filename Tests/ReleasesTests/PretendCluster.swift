import Kube
import Synchronization

/// A cluster in memory whose Deployments become ready at once, or never. It remembers every write in order.
final class PretendCluster: ClusterTransport {
    struct State {
        var objects: [String: JSON] = [:]
        var writes: [String] = []
        var version = 0
    }

    private let state = Mutex(State())
    private let fuse: Fuse
    private let isHealthy: @Sendable (JSON) -> Bool

    init(fuse: Fuse = Fuse(), isHealthy: @escaping @Sendable (JSON) -> Bool = { _ in true }) {
        self.fuse = fuse
        self.isHealthy = isHealthy
    }

    /// The same objects behind another fuse, as a cluster outlives a crash of who uses it.
    func surviving(fuse: Fuse = Fuse()) -> PretendCluster {
        let other = PretendCluster(fuse: fuse, isHealthy: isHealthy)
        let objects = state.withLock { $0.objects }
        other.state.withLock { $0.objects = objects }
        return other
    }

    var client: ClusterClient { ClusterClient(self) }
    var objects: [String: JSON] { state.withLock { $0.objects } }
    /// `PATCH HTTPRoute/harbour ships 90 ships-canary 10`
    var writes: [String] { state.withLock { $0.writes } }

    func object(_ kind: String, _ name: String, in namespace: String = "harbour-prod") -> JSON? {
        objects.values.first {
            $0["kind"]?.string == kind && $0[path: "metadata", "name"]?.string == name
                && $0[path: "metadata", "namespace"]?.string == namespace
        }
    }

    /// `Deployment/ships` and so on, of one namespace.
    func names(in namespace: String = "harbour-prod") -> Set<String> {
        Set(
            objects.values.filter { $0[path: "metadata", "namespace"]?.string == namespace }
                .map { "\($0["kind"]?.string ?? "")/\($0[path: "metadata", "name"]?.string ?? "")" })
    }

    func send(_ request: ClusterRequest) async throws -> ClusterResponse {
        try await fuse.burn()
        let path = request.path
        let parts = path.split(separator: "/").map(String.init)
        return state.withLock { state in
            let (status, body) = answer(request, path, parts, &state)
            return ClusterResponse(status: status, body: .bytes(body.bytes))
        }
    }

    private func answer(_ request: ClusterRequest, _ path: String, _ parts: [String], _ state: inout State) -> (
        Int, JSON
    ) {
        switch request.method {
        case "GET" where parts.last == "log": return (200, "panic: no database")
        case "GET":
            if let object = state.objects[path] { return (200, object) }
            guard let plural = parts.last, Self.plurals.contains(plural) else { return Self.absent }
            return (200, ["items": .array(plural == "pods" ? pods(request, state) : list(request, path, state))])
        case "POST":
            guard var object = try? JSON.parse(request.body) else { return (400, [:]) }
            let target = path + "/" + (object[path: "metadata", "name"]?.string ?? "")
            guard state.objects[target] == nil else { return (409, ["reason": "AlreadyExists"]) }
            object[path: "metadata", "generation"] = 1
            return (201, store(object, target, "POST", &state))
        case "PATCH":
            guard let old = state.objects[path], let patch = try? JSON.parse(request.body) else { return Self.absent }
            var new = Self.merge(patch, into: old)
            if new["spec"] != old["spec"] {
                new[path: "metadata", "generation"] = .int(Int64((old[path: "metadata", "generation"]?.int ?? 0) + 1))
            }
            return (200, store(new, path, "PATCH", &state))
        case "DELETE":
            guard let object = state.objects.removeValue(forKey: path) else { return Self.absent }
            state.writes.append("DELETE \(object["kind"]?.string ?? "")/\(parts.last ?? "")")
            return (200, object)
        default: return (405, [:])
        }
    }

    private func store(_ object: JSON, _ path: String, _ verb: String, _ state: inout State) -> JSON {
        var object = object
        state.version += 1
        object[path: "metadata", "resourceVersion"] = .string("\(state.version)")
        let kind = object["kind"]?.string ?? ""
        if kind == "Deployment" {
            let replicas = object[path: "spec", "replicas"] ?? 1
            let healthy = isHealthy(object)
            object["status"] = [
                "observedGeneration": object[path: "metadata", "generation"] ?? 1, "replicas": replicas,
                "updatedReplicas": replicas, "availableReplicas": healthy ? replicas : 0,
            ]
        }
        var line = "\(verb) \(kind)/\(object[path: "metadata", "name"]?.string ?? "")"
        if kind == "HTTPRoute" {
            for backend in object[path: "spec", "rules"]?[0]?["backendRefs"]?.array ?? [] {
                line += " \(backend["name"]?.string ?? "") \(backend["weight"]?.int ?? 1)"
            }
        }
        state.writes.append(line)
        state.objects[path] = object
        return object
    }

    private func list(_ request: ClusterRequest, _ path: String, _ state: State) -> [JSON] {
        let wanted = (request.query("labelSelector") ?? "").split(separator: ",").map {
            $0.split(separator: "=").map(String.init)
        }
        return state.objects.filter { entry in
            entry.key.hasPrefix(path + "/")
                && wanted.allSatisfy { entry.value[path: "metadata", "labels"]?[$0[0]]?.string == $0[1] }
        }.sorted { $0.key < $1.key }.map(\.value)
    }

    /// One pod for each Deployment that the selector finds.
    private func pods(_ request: ClusterRequest, _ state: State) -> [JSON] {
        let wanted = (request.query("labelSelector") ?? "").split(separator: ",").map {
            $0.split(separator: "=").map(String.init)
        }
        return state.objects.values.filter { $0["kind"] == "Deployment" }.compactMap { deployment in
            let labels = deployment[path: "spec", "template", "metadata", "labels"]
            guard wanted.allSatisfy({ labels?[$0[0]]?.string == $0[1] }) else { return nil }
            let waiting: JSON = isHealthy(deployment) ? [:] : ["waiting": ["reason": "CrashLoopBackOff"]]
            return [
                "metadata": ["name": "pod-1", "labels": labels ?? [:]],
                "spec": ["containers": [["name": "main", "image": "x"]]],
                "status": [
                    "containerStatuses": [
                        [
                            "name": "main", "image": "x", "imageID": "", "ready": .bool(isHealthy(deployment)),
                            "restartCount": 3, "state": waiting,
                            "lastState": ["terminated": ["exitCode": 2]],
                        ]
                    ]
                ],
            ]
        }
    }

    private static let plurals = Set(KnownPlurals.all)
    private static let absent: (Int, JSON) = (404, ["reason": "NotFound", "message": "not found"])

    private static func merge(_ patch: JSON, into target: JSON) -> JSON {
        guard case .object(let members) = patch else { return patch }
        var result = target.object == nil ? JSON.emptyObject : target
        for (key, value) in members { result[key] = value.isNull ? nil : merge(value, into: result[key] ?? .null) }
        return result
    }
}

/// The collections that the pretended cluster serves; the others answer 404, as a cluster without them does.
enum KnownPlurals {
    static let all = [
        "pods", "services", "configmaps", "secrets", "serviceaccounts", "deployments", "events", "httproutes",
        "gateways",
    ]
}

/// Lets a number of calls to the outside through and holds the next one until its task is cancelled: what a process sees
/// that is killed there.
final class Fuse: Sendable {
    private let left: Mutex<Int?>
    private let blown = AsyncStream<Void>.makeStream()

    init(calls: Int? = nil) { left = Mutex(calls) }

    func burn() async throws {
        try Task.checkCancellation()
        let isBlown = left.withLock { left -> Bool in
            guard let calls = left else { return false }
            left = calls - 1
            return calls <= 0
        }
        guard isBlown else { return }
        blown.continuation.yield()
        try await Task.sleep(for: .seconds(86400))
    }

    /// Returns when a call was held.
    func waitUntilBlown() async { for await _ in blown.stream { return } }
}
