import FoundationEssentials
import Kube
import Store

/// What became of a write.
struct Outcome: Sendable {
    var object: JSON
    var bytes: [UInt8]
    var isCreated = false
    var isDeleted = false

    init(_ stored: StoredObject, isCreated: Bool = false, isDeleted: Bool = false) {
        object = stored.value
        bytes = stored.bytes
        self.isCreated = isCreated
        self.isDeleted = isDeleted
    }
}

/// Carries the outcome of a dry run out of a transaction that must not commit.
private struct DryRun: Error {
    let outcome: Outcome
}

extension KubernetesAPI {
    /// Runs a write; a dry run does everything but keep it.
    func commit(
        isDryRun: Bool, _ body: @escaping @Sendable (inout RevisionTransaction) throws -> Outcome
    ) async throws -> Outcome {
        do {
            return try await log.write { transaction in
                let outcome = try body(&transaction)
                if isDryRun { throw DryRun(outcome: outcome) }
                return outcome
            }
        } catch let dry as DryRun {
            var outcome = dry.outcome
            if outcome.isCreated { outcome.object[path: "metadata", "resourceVersion"] = nil }
            outcome.bytes = outcome.object.bytes
            return outcome
        }
    }

    func isDryRun(_ request: ClusterRequest) throws -> Bool {
        guard let value = request.query("dryRun"), !value.isEmpty else { return false }
        guard value == "All" else {
            throw StatusProblem.badRequest("dryRun: Unsupported value: \"\(value)\": supported values: \"All\"")
        }
        return true
    }

    /// Stores an object with the version that this write gives it.
    static func put(_ object: JSON, _ key: RevisionKey, _ transaction: inout RevisionTransaction) -> StoredObject {
        var object = object
        object[path: "metadata", "resourceVersion"] = .string(String(transaction.nextRevision))
        return transaction.put(key, object)
    }

    /// Removes an object; its last state carries the version of the removal.
    static func remove(_ object: JSON, _ key: RevisionKey, _ transaction: inout RevisionTransaction) -> StoredObject {
        var object = object
        object[path: "metadata", "resourceVersion"] = .string(String(transaction.nextRevision))
        return transaction.delete(key, final: object)
    }

    /// The object in its final form, from the form its author wrote: defaults, admission, validation, storing.
    func insert(
        _ object: JSON, _ kind: ServedKind, _ namespace: String?, _ transaction: inout RevisionTransaction, now: Date
    ) throws -> StoredObject {
        try checkNamespace(namespace, for: kind, object, transaction)
        var object = object
        let name = object[path: "metadata", "name"]?.string ?? ""
        let key = kind.key(namespace, name)
        if transaction.object(key) != nil { throw StatusProblem.alreadyExists(kind, name) }
        try admit(&object, replacing: nil, kind, transaction)
        let faults = MetadataRules.faults(object, kind) + kind.validate(object, nil)
        if !faults.isEmpty { throw StatusProblem.invalid(kind, name, faults) }
        let stored = Self.put(object, key, &transaction)
        if kind.type == Namespace.resource { try furnish(namespace: name, &transaction, now: now) }
        return stored
    }

    /// Gives an object that its author changed its final form and stores it, or removes it where that was the last
    /// thing that held it.
    ///
    /// - Parameter owners: The new `managedFields`, where the write has decided them; nil derives them from the change.
    func replace(
        _ current: StoredObject, with new: JSON, _ kind: ServedKind, _ transaction: inout RevisionTransaction,
        by writer: FieldWriter, owners: JSON? = nil
    ) throws -> Outcome {
        let old = current.value
        let name = old[path: "metadata", "name"]?.string ?? ""
        var object = Self.ordered(new)
        object["metadata"] = ObjectMetadata.changed(new, from: old)
        if kind.hasStatus { object["status"] = old["status"] }
        kind.defaults(&object)
        try admit(&object, replacing: old, kind, transaction)
        var faults = MetadataRules.faults(object, kind) + kind.validate(object, old)
        faults += Self.finalizerFaults(object, old)
        if !faults.isEmpty { throw StatusProblem.invalid(kind, name, faults) }
        if let owners { object[path: "metadata", "managedFields"] = owners }
        return try settle(object, over: current, kind, &transaction, by: owners == nil ? writer : nil)
    }

    /// Stores a changed object: counts its generation, leaves it alone where nothing changed, removes it where it is
    /// being deleted and nothing holds it any more.
    ///
    /// - Parameter writer: Who owns the change from now on; nil where the owners are settled already.
    func settle(
        _ object: JSON, over current: StoredObject, _ kind: ServedKind, _ transaction: inout RevisionTransaction,
        by writer: FieldWriter?
    ) throws -> Outcome {
        var object = object
        if kind.countsGenerations, Generation.changes(from: current.value, to: object, kind) {
            let generation = current.value[path: "metadata", "generation"]?.int ?? 0
            object[path: "metadata", "generation"] = .int(Int64(generation + 1))
        }
        if object == current.value { return Outcome(current) }
        if let writer, var owners = ManagedFields(current.value) {
            let (changed, removed) = FieldStructure(schema: schema, message: kind.message).changes(
                from: current.value, to: object)
            owners.update(changed: changed, removed: removed, by: writer, apiVersion: kind.type.apiVersion)
            object[path: "metadata", "managedFields"] = owners.json
        }
        if Deletion.isDue(object, kind) {
            return Outcome(Self.remove(object, current.key, &transaction), isDeleted: true)
        }
        return Outcome(Self.put(object, current.key, &transaction))
    }

    /// `kind`, `apiVersion` and `metadata` first.
    static func ordered(_ object: JSON) -> JSON {
        var members: JSONObject = [
            "kind": object["kind"] ?? "", "apiVersion": object["apiVersion"] ?? "",
            "metadata": object["metadata"] ?? [:],
        ]
        for (key, value) in object.object ?? [:] { members[key] = value }
        return .object(members)
    }

    private static func finalizerFaults(_ new: JSON, _ old: JSON) -> [FieldFault] {
        guard old[path: "metadata", "deletionTimestamp"] != nil else { return [] }
        let before = old[path: "metadata", "finalizers"]?.array ?? []
        let added = (new[path: "metadata", "finalizers"]?.array ?? []).filter { !before.contains($0) }
        if added.isEmpty { return [] }
        return [
            .forbidden(
                "metadata.finalizers",
                "no new finalizers can be added if the object is being deleted, found new finalizers \(JSON.array(added).text)"
            )
        ]
    }
}

/// When `metadata.generation` counts on.
enum Generation {
    /// Where anything but metadata and status changed; of Deployments also where annotations did.
    static func changes(from old: JSON, to new: JSON, _ kind: ServedKind) -> Bool {
        func body(_ object: JSON) -> JSON {
            var object = object
            object["metadata"] = nil
            if kind.hasStatus { object["status"] = nil }
            return object
        }
        if kind.type == Deployment.resource,
            old[path: "metadata", "annotations"] != new[path: "metadata", "annotations"]
        {
            return true
        }
        return body(old) != body(new)
    }
}
