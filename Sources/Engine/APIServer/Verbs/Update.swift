import Kube
import Store

extension KubernetesAPI {
    func update(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let kind = target.kind
        let decoded = try bodies.object(
            request, kind: kind.type.kind, apiVersion: kind.type.apiVersion, message: kind.message)
        var object = decoded.object
        let itsName = object[path: "metadata", "name"]?.string ?? ""
        if !itsName.isEmpty, itsName != name {
            throw StatusProblem.badRequest(
                "the name of the object (\(itsName)) does not match the name on the URL (\(name))")
        }
        object[path: "metadata", "name"] = .string(name)
        if let its = object[path: "metadata", "namespace"]?.string, !its.isEmpty, its != target.namespace ?? "" {
            throw StatusProblem.badRequest(
                "the namespace of the object (\(its)) does not match the namespace on the request (\(target.namespace ?? ""))"
            )
        }
        let version = object[path: "metadata", "resourceVersion"]?.string ?? ""
        if version.isEmpty, kind.needsVersionOnUpdate, log.object(kind.key(target.namespace, name)) != nil {
            throw StatusProblem.invalid(
                kind, name, [.invalid("metadata.resourceVersion", 0, "must be specified for an update")])
        }
        let new = object
        let now = now()
        let writer = FieldWriter(request, subresource: target.subresource, now: now)
        let outcome = try await commit(isDryRun: try isDryRun(request)) { transaction in
            guard let current = transaction.object(kind.key(target.namespace, name)) else {
                guard kind.createsOnUpdate, target.subresource == nil, version.isEmpty else {
                    throw StatusProblem.notFound(kind, name)
                }
                let draft = try draft(new, kind, target.namespace)
                return Outcome(
                    try insert(draft.object, kind, target.namespace, &transaction, now: now), isCreated: true)
            }
            try Self.checkPreconditions(
                current, version: version, uid: new[path: "metadata", "uid"]?.string, kind, name)
            return try change(current, to: new, target, &transaction, by: writer)
        }
        return .json(outcome.bytes, status: outcome.isCreated ? 201 : 200, warnings: decoded.warnings)
    }

    /// Replaces the part of an object that the path of the request stands for.
    func change(
        _ current: StoredObject, to new: JSON, _ target: ObjectTarget, _ transaction: inout RevisionTransaction,
        by writer: FieldWriter
    ) throws -> Outcome {
        switch target.subresource {
        case "status":
            var object = current.value
            object["status"] = new["status"]
            return try settle(object, over: current, target.kind, &transaction, by: writer)
        case "finalize":
            var object = current.value
            object[path: "spec", "finalizers"] = new[path: "spec", "finalizers"]
            return try settle(object, over: current, target.kind, &transaction, by: writer)
        default: return try replace(current, with: new, target.kind, &transaction, by: writer)
        }
    }

    /// 409 where the author has seen another version, or another object of the same name.
    static func checkPreconditions(
        _ current: StoredObject, version: String?, uid: String?, _ kind: ServedKind, _ name: String
    ) throws {
        if let uid, !uid.isEmpty, uid != current.value[path: "metadata", "uid"]?.string {
            throw StatusProblem.conflict(
                kind, name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: "
                    + (current.value[path: "metadata", "uid"]?.string ?? ""))
        }
        if let version, !version.isEmpty, version != String(current.revision) {
            throw StatusProblem.modified(kind, name)
        }
    }
}
