import Kube
import Problems

/// Brings one object to the state that is asked for: gathers facts, plans, performs, reports.
protocol Reconciler: Sendable {
    associatedtype Key: Hashable & Sendable
    /// The name under which its Events appear.
    static var name: String { get }
    /// After which time to look again though nothing changes, if ever.
    func reconcile(_ key: Key) async throws -> Duration?
}

extension ClusterClient {
    /// Writes a status. Counts of zero are left out of the object, as its own controllers do; `keeping` names those that stay.
    func patchStatus<Kind: KubeKind>(of object: Kind, _ status: JSON, keeping: Set<String> = []) async throws -> Kind {
        var status = status
        for (key, value) in status.object ?? [:] where value == .int(0) && !keeping.contains(key) {
            status[key] = .null
        }
        return try await patch(
            Kind.self, object.name, in: object.metadata.namespace, subresource: "status",
            ["metadata": ["uid": .string(object.metadata.uid ?? "")], "status": status])
    }

    /// Makes `owner` the controller of an object that has none; 409 if it has changed meanwhile.
    func adopt<Kind: KubeKind>(_ object: Kind, by owner: OwnerReference) async throws -> Kind {
        try await setOwners(of: object, (object.metadata.ownerReferences ?? []) + [owner])
    }

    /// Replaces the owners of an object; 409 if it has changed meanwhile.
    func setOwners<Kind: KubeKind>(of object: Kind, _ owners: [OwnerReference]) async throws -> Kind {
        var metadata: JSON = [
            "uid": .string(object.metadata.uid ?? ""),
            "ownerReferences": owners.isEmpty ? .null : try JSON(encoding: owners),
        ]
        if let version = object.metadata.resourceVersion { metadata["resourceVersion"] = .string(version) }
        return try await patch(Kind.self, object.name, in: object.metadata.namespace, ["metadata": metadata])
    }

    /// Deletes an object unless it is gone or another one of the same name took its place.
    func deleteIfPresent<Kind: KubeKind>(_ kind: Kind.Type, _ object: Kind) async throws {
        do {
            try await delete(kind, object.name, in: object.metadata.namespace, uid: object.metadata.uid)
        } catch let problem as ClusterProblem where problem.isNotFound || problem.isConflict {}
    }
}
