import Kube
import Problems

/// An object of any kind.
struct ObjectIdentity: Hashable, Sendable, CustomStringConvertible {
    let resource: ResourceType
    let key: ObjectKey

    var description: String { "\(resource.qualifiedName) \(key)" }
}

/// Deletes objects whose owners are gone, and lets owners go when their dependents have gone before them.
struct GarbageCollector: Reconciler {
    static let name = "garbage-collector-controller"
    private let client: ClusterClient
    private let stores: [ResourceType: any OwnedStore]

    init(view: ClusterView, client: ClusterClient) {
        self.client = client
        stores = Dictionary(uniqueKeysWithValues: view.owned.map { ($0.resource, $0) })
    }

    /// Adds to the queue what a change may concern: the object itself, its dependents, its owners.
    func observe(into queue: WorkQueue<ObjectIdentity>) {
        for (resource, store) in stores {
            store.observeMetadata { old, new in
                guard let meta = new ?? old else { return }
                let key = ObjectKey(namespace: meta.namespace ?? "", name: meta.name ?? "")
                if new == nil {
                    for other in dependents(of: meta.uid ?? "") {
                        queue.add(ObjectIdentity(resource: other.resource, key: other.key))
                    }
                    for owner in owners(of: meta) { queue.add(owner) }
                } else if old?.ownerReferences != new?.ownerReferences
                    || old?.deletionTimestamp != new?.deletionTimestamp
                    || old?.finalizers != new?.finalizers || old?.uid != new?.uid
                {
                    queue.add(ObjectIdentity(resource: resource, key: key))
                }
            }
        }
    }

    func reconcile(_ identity: ObjectIdentity) async throws -> Duration? {
        guard let metadata = stores[identity.resource]?.metadata(identity.key) else { return nil }
        let object = OwnedObject(resource: identity.resource, metadata: metadata)
        for action in GarbagePlan.make(try await gather(object)) { try await perform(action) }
        return nil
    }

    // MARK: Gathering

    private func gather(_ object: OwnedObject) async throws -> GarbageFacts {
        var facts = GarbageFacts(object: object)
        if object.metadata.deletionTimestamp != nil {
            facts.dependents = dependents(of: object.uid)
            return facts
        }
        for reference in object.metadata.ownerReferences ?? [] {
            facts.owners[reference.uid] = try await state(of: reference, from: object)
        }
        return facts
    }

    /// An owner that isn't in the view may be younger than it: only the server's own word counts as its absence.
    private func state(of reference: OwnerReference, from object: OwnedObject) async throws -> OwnerState {
        guard let resource = resource(of: reference), let store = stores[resource] else { return .unknown }
        let namespace = resource.isNamespaced ? object.key.namespace : ""
        if let owner = store.metadata(ObjectKey(namespace: namespace, name: reference.name)), owner.uid == reference.uid
        {
            let isWaiting =
                owner.deletionTimestamp != nil && owner.finalizers?.contains(GarbagePlan.foreground) ?? false
                && reference.blockOwnerDeletion == true
            return isWaiting ? .waiting : .present
        }
        let path = resource.path(namespace: namespace.isEmpty ? nil : namespace, name: reference.name)
        do {
            let owner = try await client.json("GET", path)
            return owner[path: "metadata", "uid"]?.string == reference.uid ? .present : .absent
        } catch let problem as ClusterProblem where problem.isNotFound {
            return .absent
        }
    }

    private func resource(of reference: OwnerReference) -> ResourceType? {
        stores.keys.first { $0.kind == reference.kind && $0.apiVersion == reference.apiVersion }
    }

    private func dependents(of uid: String) -> [OwnedObject] { stores.values.flatMap { $0.dependents(of: uid) } }

    private func owners(of metadata: ObjectMeta) -> [ObjectIdentity] {
        (metadata.ownerReferences ?? []).compactMap { reference in
            guard let resource = resource(of: reference) else { return nil }
            let namespace = resource.isNamespaced ? metadata.namespace ?? "" : ""
            return ObjectIdentity(resource: resource, key: ObjectKey(namespace: namespace, name: reference.name))
        }
    }

    // MARK: Performing

    private func perform(_ action: GarbageAction) async throws {
        do {
            switch action {
            case .delete(let object, let propagation):
                let options: JSON = [
                    "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": .string(propagation),
                    "preconditions": ["uid": .string(object.uid)],
                ]
                try await client.json("DELETE", path(object), body: options)
            case .disown(let object, let owners):
                let left = (object.metadata.ownerReferences ?? []).filter { !owners.contains($0.uid) }
                try await patch(object, ["ownerReferences": left.isEmpty ? .null : try JSON(encoding: left)])
            case .removeFinalizer(let object, let finalizer):
                let left = (object.metadata.finalizers ?? []).filter { $0 != finalizer }
                try await patch(object, ["finalizers": left.isEmpty ? .null : .array(left.map { .string($0) })])
            }
        } catch let problem as ClusterProblem where problem.isNotFound {}
    }

    private func patch(_ object: OwnedObject, _ change: JSON) async throws {
        var metadata = change
        metadata["uid"] = .string(object.uid)
        if let version = object.metadata.resourceVersion { metadata["resourceVersion"] = .string(version) }
        try await client.json(
            "PATCH", path(object), query: [("fieldManager", client.manager)],
            contentType: "application/merge-patch+json", body: ["metadata": metadata])
    }

    private func path(_ object: OwnedObject) -> String {
        object.resource.path(namespace: object.metadata.namespace, name: object.metadata.name)
    }
}
