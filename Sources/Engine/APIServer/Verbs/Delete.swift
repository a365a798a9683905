import FoundationEssentials
import Kube
import Store

extension KubernetesAPI {
    func delete(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        var options = try bodies.deleteOptions(request)
        if try isDryRun(request) { options.isDryRun = true }
        let outcome = try await delete(target.kind, target.namespace, name, options)
        // Clients take the uid to wait for; a pod is answered with itself even where it is gone.
        if !outcome.isDeleted || target.kind.type == Pod.resource { return .json(outcome.bytes) }
        let uid = outcome.object[path: "metadata", "uid"]?.string
        return .json([
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success",
            "details": target.kind.details(name, uid: uid),
        ])
    }

    func delete(
        _ kind: ServedKind, _ namespace: String?, _ name: String, _ options: DeleteOptions
    ) async throws -> Outcome {
        if kind.type == Namespace.resource, ["default", "kube-system"].contains(name) {
            throw StatusProblem.forbidden(kind, name, "this namespace may not be deleted")
        }
        if let policy = options.propagationPolicy, !["Background", "Foreground", "Orphan"].contains(policy) {
            throw StatusProblem.badRequest("propagationPolicy: Unsupported value: \"\(policy)\"")
        }
        let now = now()
        return try await commit(isDryRun: options.isDryRun) { transaction in
            guard let current = transaction.object(kind.key(namespace, name)) else {
                throw StatusProblem.notFound(kind, name)
            }
            try Self.checkPreconditions(current, version: options.resourceVersion, uid: options.uid, kind, name)
            switch Deletion.step(for: current.value, kind, options, now: now) {
            case .remove(let final): return Outcome(Self.remove(final, current.key, &transaction), isDeleted: true)
            case .mark(let marked) where marked == current.value: return Outcome(current)
            case .mark(let marked): return Outcome(Self.put(marked, current.key, &transaction))
            }
        }
    }

    func deleteCollection(_ request: ClusterRequest, _ target: ObjectTarget) async throws -> ClusterResponse {
        let options = try bodies.deleteOptions(request)
        let selection = try ObjectSelection(request, kind: target.kind)
        let (objects, revision) = try log.list(target.kind.bucket, prefix: target.prefix)
        let chosen = objects.filter { selection.matches($0.value) }
        for object in chosen {
            let namespace = object.value[path: "metadata", "namespace"]?.string
            let name = object.value[path: "metadata", "name"]?.string ?? ""
            do { _ = try await delete(target.kind, namespace, name, options) } catch let problem as StatusProblem
                where problem.httpStatus == 404
            {
                continue  // someone else was faster
            }
        }
        return .json(Self.listBytes(chosen, target.kind, metadata: ["resourceVersion": .string(String(revision))]))
    }
}
