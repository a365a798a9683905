import Kube
import Store

extension KubernetesAPI {
    func get(_ request: ClusterRequest, _ target: ObjectTarget, _ name: String) throws -> ClusterResponse {
        let object = try stored(target.kind, target.namespace, name)
        switch try Representation(request) {
        case .object: return .json(object.bytes)
        case .metadata: return .json(PartialObject.of(object.value))
        case .table(let inclusion):
            let rendering = TableRendering(columns: target.kind.columns, inclusion: inclusion)
            let metadata: JSON = ["resourceVersion": .string(String(object.revision))]
            return .json(rendering.table([object.value], metadata: metadata, now: now()))
        }
    }
}
