import Kube

@testable import Controllers

let noon = Moment(seconds: 1_767_268_800)

func deployment(
    _ replicas: Int = 4, image: String = "a:2", strategy: DeploymentStrategy? = nil,
    change: (inout Deployment) -> Void = { _ in }
) -> Deployment {
    var metadata = ObjectMeta(name: "web", namespace: "prod")
    metadata.uid = "d"
    metadata.generation = 7
    var spec = DeploymentSpec(
        replicas: replicas, selector: LabelSelector(matchLabels: ["app": "web"]), template: template(image))
    spec.strategy = strategy
    spec.progressDeadlineSeconds = 600
    var object = Deployment(metadata: metadata, spec: spec)
    change(&object)
    return object
}

func template(_ image: String) -> PodTemplate {
    PodTemplate(
        metadata: ObjectMeta(labels: ["app": "web"]),
        spec: ["containers": [["name": "main", "image": .string(image)]]])
}

/// A ReplicaSet of `deployment()`, as its controller would have made it.
func replicaSet(
    _ image: String, wanted: Int, available: Int, revision: Int = 1, created: Int = 0,
    annotations: [String: String] = [:],
    exists: Int? = nil
) -> ReplicaSet {
    let hash = Revisions.hash(template(image), collisions: 0)
    var made = template(image)
    made.metadata?.labels = ["app": "web", Revisions.hashLabel: hash]
    var metadata = ObjectMeta(
        name: "web-\(hash)", namespace: "prod", labels: made.metadata?.labels,
        annotations: [Revisions.revision: "\(revision)"].merging(annotations) { $1 },
        ownerReferences: [OwnerReference(apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "d")])
    metadata.uid = "rs-\(image)"
    metadata.generation = 1
    metadata.creationTimestamp = Moment(seconds: noon.seconds - 3600 + Double(created)).text
    var object = ReplicaSet(
        metadata: metadata,
        spec: ReplicaSetSpec(
            replicas: wanted,
            selector: LabelSelector(matchLabels: ["app": "web", Revisions.hashLabel: hash]), template: made))
    var status = ReplicaSetStatus()
    status.replicas = exists ?? wanted
    status.readyReplicas = available
    status.availableReplicas = available
    status.observedGeneration = 1
    object.status = status
    return object
}

func pod(
    _ name: String, ready: Bool = false, labels: [String: String] = ["app": "web"], owner: String? = nil,
    node: String? = nil,
    phase: String? = nil, readySince: Double = -60, cpu: Quantity? = nil, change: (inout Pod) -> Void = { _ in }
) -> Pod {
    var metadata = ObjectMeta(name: name, namespace: "prod", labels: labels)
    metadata.uid = "pod-\(name)"
    metadata.creationTimestamp = Moment(seconds: noon.seconds - 600).text
    if let owner {
        metadata.ownerReferences = [OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: owner, uid: owner)]
    }
    var container = Container(name: "main", image: "a")
    if let cpu { container.resources = ResourceRequirements(requests: ["cpu": cpu]) }
    var status = PodStatus(phase: phase ?? (ready ? "Running" : "Pending"))
    if ready {
        status.conditions = [
            Condition(
                type: "Ready", status: "True", lastTransitionTime: Moment(seconds: noon.seconds + readySince).text)
        ]
    }
    var object = Pod(metadata: metadata, spec: PodSpec(containers: [container], nodeName: node), status: status)
    change(&object)
    return object
}

/// What a plan writes, as short text for tables.
func words(_ plan: DeploymentPlan) -> [String] {
    plan.actions.compactMap { action in
        switch action {
        case .create(let made): "create \(made.wanted)"
        case .scale(let old, let size, _):
            "scale \(old.spec.template.spec[path: "containers"]?[0]?["image"]?.string ?? "?") \(old.wanted)→\(size)"
        case .delete(let old): "delete \(Revisions.number(old))"
        case .adopt(let other): "adopt \(other.name)"
        case .setRevision(let text): "revision \(text)"
        case .annotate: nil
        }
    }
}
