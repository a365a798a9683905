package import Delivery
package import Kube
import Problems

/// Brings objects of one namespace into a cluster, and takes away those that are no longer wanted.
package struct ObjectApplier: Sendable {
    private let client: ClusterClient
    private let namespace: String

    package init(_ client: ClusterClient, namespace: String) {
        self.client = client
        self.namespace = namespace
    }

    /// Makes the namespace unless it is there.
    package func ensureNamespace(labels: [String: String]) async throws {
        if try await client.find(Namespace.self, namespace) != nil { return }
        do { try await client.create(Namespace(metadata: ObjectMeta(name: namespace, labels: labels))) } catch let
            problem as ClusterProblem where problem.isAlreadyExists || problem.isConflict
        {}
    }

    /// Creates or patches an object. Returns whether anything changed.
    @discardableResult
    package func apply(_ desired: JSON) async throws -> Bool {
        let key = ObjectKey(desired)
        guard let resource = KnownKinds.entry(kind: key.kind)?.resource else {
            throw PlainProblem(
                "releases.deploy.kind", "\(key) is of a kind that can't be applied", category: .unsupported)
        }
        do { return try await apply(desired, resource, key) } catch let problem as ClusterProblem {
            if problem.isNotFound, !(try await isServed(resource)) {
                throw ReleasesProblem.notServed(object: key.description, kind: resource.kind)
            }
            if case .status(422, _, let message) = problem, message.contains("immutable") {
                throw ReleasesProblem.immutable(object: key.description, why: message)
            }
            throw problem.category == .invalid
                ? ReleasesProblem.refused(object: key.description, cause: problem) : problem
        }
    }

    private func apply(_ desired: JSON, _ resource: ResourceType, _ key: ObjectKey) async throws -> Bool {
        let path = resource.path(namespace: namespace, name: key.name)
        var attempt = 0
        while true {
            do {
                guard let live = try await find(path) else {
                    try await client.json(
                        "POST", resource.path(namespace: namespace), query: [("fieldManager", client.manager)],
                        body: ApplyPlan.creation(desired))
                    return true
                }
                guard let patch = ApplyPlan.patch(from: live, to: desired) else { return false }
                try await client.json(
                    "PATCH", path, query: [("fieldManager", client.manager)],
                    contentType: "application/merge-patch+json",
                    body: patch)
                return true
            } catch let problem as ClusterProblem where (problem.isConflict || problem.isNotFound) && attempt < 3 {
                // Somebody made, changed or deleted the object between the reading and the writing.
                attempt += 1
            }
        }
    }

    /// Whether the cluster knows the kind: then it lists none instead of finding nothing.
    private func isServed(_ resource: ResourceType) async throws -> Bool {
        try await find(resource.path(namespace: namespace)) != nil
    }

    private func find(_ path: String) async throws -> JSON? {
        do { return try await client.json("GET", path) } catch let problem as ClusterProblem where problem.isNotFound {
            return nil
        }
    }

    /// The keys of all objects here that Estiba applied for this app.
    package func applied(app: AppName) async throws -> [ObjectKey] {
        var keys: [ObjectKey] = []
        for entry in KnownKinds.all {
            let query = [(name: "labelSelector", value: "\(Labels.app)=\(app),\(Labels.managedBy)=estiba")]
            guard let list = try await list(entry.resource.path(namespace: namespace), query) else { continue }
            for item in list["items"]?.array ?? [] {
                guard item[path: "metadata", "annotations", ApplyPlan.lastApplied] != nil,
                    let name = item[path: "metadata", "name"]?.string
                else { continue }
                keys.append(ObjectKey(kind: entry.resource.kind, name: name))
            }
        }
        return keys
    }

    /// Nil from a cluster that doesn't serve this kind.
    private func list(_ path: String, _ query: [(name: String, value: String)]) async throws -> JSON? {
        do { return try await client.json("GET", path, query: query) } catch let problem as ClusterProblem
            where problem.isNotFound
        { return nil }
    }

    /// Deletes the app's objects that are not to be kept: routes first, configuration last. Returns what went.
    @discardableResult
    package func prune(app: AppName, keeping keep: Set<ObjectKey>) async throws -> [ObjectKey] {
        let gone = try await applied(app: app).filter { !keep.contains($0) }
            .sorted { (Self.stage($1), $0) < (Self.stage($0), $1) }
        for key in gone {
            guard let resource = KnownKinds.entry(kind: key.kind)?.resource else { continue }
            do {
                try await client.json(
                    "DELETE", resource.path(namespace: namespace, name: key.name),
                    body: ["kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background"])
            } catch let problem as ClusterProblem where problem.isNotFound {}
        }
        return gone
    }

    private static func stage(_ key: ObjectKey) -> KnownKinds.Stage {
        KnownKinds.entry(kind: key.kind)?.stage ?? .configuration
    }
}
