import Kube
import Store

/// autoscaling/v1 Scale: the view of a workload that only knows how many.
enum ScaleView {
    static func of(_ object: JSON) -> JSON {
        var metadata = JSONObject()
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[key] = object[path: "metadata", key]
        }
        let selector = (try? object[path: "spec", "selector"]?.decode(LabelSelector.self))?.query ?? ""
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": object[path: "spec", "replicas"] ?? 0],
            "status": ["replicas": object[path: "status", "replicas"] ?? 0, "selector": .string(selector)],
        ]
    }
}

extension KubernetesAPI {
    func getScale(_ target: ObjectTarget, _ name: String) throws -> ClusterResponse {
        .json(ScaleView.of(try stored(target.kind, target.namespace, name).value))
    }

    func changeScale(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) async throws -> ClusterResponse
    {
        let kind = target.kind
        let patch = request.method == "PATCH" ? try ObjectPatch(request) : nil
        let given: JSON? =
            patch == nil
            ? try bodies.object(request, kind: "Scale", apiVersion: "autoscaling/v1", message: "autoscaling.Scale")
                .object : nil
        let writer = FieldWriter(request, subresource: "scale", now: now())
        let outcome = try await commit(isDryRun: try isDryRun(request)) { transaction in
            guard let current = transaction.object(kind.key(target.namespace, name)) else {
                throw StatusProblem.notFound(kind, name)
            }
            var scale = given ?? ScaleView.of(current.value)
            if let patch {
                scale = try patch.apply(to: scale, schema: schema, message: "autoscaling.Scale", isCustom: false)
            }
            try Self.checkPreconditions(
                current, version: scale[path: "metadata", "resourceVersion"]?.string,
                uid: scale[path: "metadata", "uid"]?.string, kind, name)
            var object = current.value
            object[path: "spec", "replicas"] = scale[path: "spec", "replicas"] ?? 0
            return try replace(current, with: object, kind, &transaction, by: writer)
        }
        return .json(ScaleView.of(outcome.object))
    }
}
