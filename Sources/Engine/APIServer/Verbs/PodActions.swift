import Kube
import Store

extension KubernetesAPI {
    private static func success(_ status: Int) -> ClusterResponse {
        .json(
            ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": .int(Int64(status))],
            status: status)
    }

    /// Gives a pod its node, once.
    func bind(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let kind = target.kind
        let binding = try bodies.object(request, kind: "Binding", apiVersion: "v1", message: "core.Binding").object
        guard let node = binding[path: "target", "name"]?.string, !node.isEmpty else {
            throw StatusProblem.invalid(kind, name, [.required("target.name")])
        }
        let time = JSON.string(Timestamp.text(now()))
        _ = try await commit(isDryRun: try isDryRun(request)) { transaction in
            guard let current = transaction.object(kind.key(target.namespace, name)) else {
                throw StatusProblem.notFound(kind, name)
            }
            try Self.checkPreconditions(
                current, version: nil, uid: binding[path: "metadata", "uid"]?.string, kind, name)
            var pod = current.value
            if pod[path: "metadata", "deletionTimestamp"] != nil {
                throw StatusProblem.conflict(kind, name, "pod \(name) is being deleted, cannot be assigned to a host")
            }
            if let present = pod[path: "spec", "nodeName"]?.string, !present.isEmpty {
                throw StatusProblem.conflict(kind, name, "pod \(name) is already assigned to node \"\(present)\"")
            }
            pod[path: "spec", "nodeName"] = .string(node)
            var conditions = (pod[path: "status", "conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" }
            conditions.append(["type": "PodScheduled", "status": "True", "lastTransitionTime": time])
            pod[path: "status", "conditions"] = .array(conditions)
            return Outcome(Self.put(pod, current.key, &transaction))
        }
        return Self.success(201)
    }

    /// Deletes a pod for someone who empties a node. Without disruption budgets there is nothing to refuse it.
    func evict(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse {
        let eviction = try bodies.object(
            request, kind: "Eviction", apiVersion: "policy/v1", message: "policy.Eviction"
        ).object
        var options = DeleteOptions()
        options.take(eviction["deleteOptions"] ?? [:])
        if try isDryRun(request) { options.isDryRun = true }
        _ = try await delete(target.kind, target.namespace, name, options)
        return Self.success(201)
    }
}
