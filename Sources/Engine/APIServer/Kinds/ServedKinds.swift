import Kube

/// The kinds that the server serves.
struct ServedKinds: Sendable {
    let all: [ServedKind]
    private let byPath: [String: ServedKind]

    static let standard = ServedKinds(core + apps + others)

    init(_ all: [ServedKind]) {
        self.all = all
        byPath = Dictionary(uniqueKeysWithValues: all.map { ("\($0.type.apiVersion)/\($0.type.plural)", $0) })
    }

    /// `apiVersion` is `v1` or `apps/v1`.
    func kind(apiVersion: String, plural: String) -> ServedKind? { byPath["\(apiVersion)/\(plural)"] }

    func kind(apiVersion: String, named kind: String) -> ServedKind? {
        all.first { $0.type.kind == kind && $0.type.apiVersion == apiVersion }
    }

    /// The kind of a ResourceType that is certainly served.
    func kind(_ type: ResourceType) -> ServedKind? { byPath["\(type.apiVersion)/\(type.plural)"] }

    /// Groups in the order in which they first appear; core is the empty name.
    var groups: [String] {
        var seen: [String] = []
        for kind in all where !seen.contains(kind.type.group) { seen.append(kind.type.group) }
        for review in Review.all where !seen.contains(review.group) { seen.append(review.group) }
        return seen
    }

    func kinds(in group: String) -> [ServedKind] { all.filter { $0.type.group == group } }
}

extension ServedKinds {
    private static let core: [ServedKind] = [
        ServedKind(
            type: ConfigMap.resource, shortNames: ["cm"], message: "core.ConfigMap",
            columns: [.name, .configMapData, .age], validate: ConfigMapRules.faults),
        ServedKind(
            type: KubeEvent.resource, shortNames: ["ev"], message: "core.Event", createsOnUpdate: true,
            fields: [
                "involvedObject.kind": ["involvedObject", "kind"],
                "involvedObject.namespace": ["involvedObject", "namespace"],
                "involvedObject.name": ["involvedObject", "name"], "involvedObject.uid": ["involvedObject", "uid"],
                "involvedObject.apiVersion": ["involvedObject", "apiVersion"],
                "involvedObject.resourceVersion": ["involvedObject", "resourceVersion"],
                "involvedObject.fieldPath": ["involvedObject", "fieldPath"], "reason": ["reason"],
                "reportingComponent": ["reportingComponent"], "source": ["source", "component"], "type": ["type"],
            ],
            columns: TableColumn.event),
        ServedKind(
            type: Namespace.resource, shortNames: ["ns"], message: "core.Namespace", hasStatus: true,
            subresources: [
                .status("Namespace"), Subresource(name: "finalize", kind: "Namespace", verbs: ["update"]),
            ],
            nameRule: .label, fields: ["status.phase": ["status", "phase"]], deletesCollection: false,
            columns: [.name, .phase, .age], defaults: NamespaceDefaults.apply),
        ServedKind(
            type: KubeNode.resource, shortNames: ["no"], message: "core.Node", hasStatus: true,
            subresources: [.status("Node")], fields: ["spec.unschedulable": ["spec", "unschedulable"]],
            columns: TableColumn.node),
        ServedKind(
            type: Pod.resource, shortNames: ["po"], categories: ["all"], message: "core.Pod", hasStatus: true,
            countsGenerations: true,
            subresources: [
                Subresource(name: "binding", kind: "Binding", verbs: ["create"]),
                Subresource(name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"]),
                Subresource(name: "log", kind: "Pod", verbs: ["get"]), .status("Pod"),
            ],
            fields: [
                "spec.nodeName": ["spec", "nodeName"], "spec.restartPolicy": ["spec", "restartPolicy"],
                "spec.schedulerName": ["spec", "schedulerName"],
                "spec.serviceAccountName": ["spec", "serviceAccountName"], "spec.hostNetwork": ["spec", "hostNetwork"],
                "status.phase": ["status", "phase"], "status.podIP": ["status", "podIP"],
                "status.nominatedNodeName": ["status", "nominatedNodeName"],
            ],
            columns: TableColumn.pod, defaults: PodDefaults.applyToPod, validate: PodRules.faults),
        ServedKind(
            type: Secret.resource, message: "core.Secret", fields: ["type": ["type"]],
            columns: [.name, .secretType, .secretData, .age], defaults: SecretDefaults.apply,
            validate: SecretRules.faults),
        ServedKind(
            type: Service.resource, shortNames: ["svc"], categories: ["all"], message: "core.Service", hasStatus: true,
            createsOnUpdate: true, subresources: [.status("Service")], nameRule: .serviceLabel,
            fields: ["spec.clusterIP": ["spec", "clusterIP"], "spec.type": ["spec", "type"]],
            columns: TableColumn.service, defaults: ServiceDefaults.apply, validate: ServiceRules.faults),
        ServedKind(type: ServiceAccount.resource, shortNames: ["sa"], message: "core.ServiceAccount"),
    ]

    private static let apps: [ServedKind] = [
        ServedKind(
            type: Deployment.resource, shortNames: ["deploy"], categories: ["all"], message: "apps.Deployment",
            hasStatus: true, countsGenerations: true, subresources: [.scale, .status("Deployment")],
            columns: TableColumn.deployment, defaults: WorkloadDefaults.deployment, validate: WorkloadRules.faults),
        ServedKind(
            type: ReplicaSet.resource, shortNames: ["rs"], categories: ["all"], message: "apps.ReplicaSet",
            hasStatus: true, countsGenerations: true, subresources: [.scale, .status("ReplicaSet")],
            columns: TableColumn.replicaSet, defaults: WorkloadDefaults.replicaSet, validate: WorkloadRules.faults),
    ]

    private static let others: [ServedKind] = [
        ServedKind(
            type: ResourceType(group: "coordination.k8s.io", kind: "Lease", plural: "leases"),
            message: "coordination.Lease", createsOnUpdate: true, needsVersionOnUpdate: true,
            columns: [.name, .leaseHolder, .age]),
        ServedKind(
            type: EndpointSlice.resource, message: "discovery.EndpointSlice", countsGenerations: true,
            columns: TableColumn.endpointSlice, defaults: EndpointSliceDefaults.apply),
        ServedKind(
            type: ResourceType(
                group: "gateway.networking.k8s.io", kind: "GatewayClass", plural: "gatewayclasses", isNamespaced: false),
            shortNames: ["gc"], categories: ["gateway-api"], message: "gateway.GatewayClass", hasStatus: true,
            countsGenerations: true, isCustom: true, needsVersionOnUpdate: true,
            subresources: [.status("GatewayClass")], columns: TableColumn.gatewayClass,
            defaults: GatewayDefaults.gatewayClass, validate: GatewayRules.gatewayClass),
        ServedKind(
            type: KubeGateway.resource, shortNames: ["gtw"], categories: ["gateway-api"], message: "gateway.Gateway",
            hasStatus: true, countsGenerations: true, isCustom: true, needsVersionOnUpdate: true,
            subresources: [.status("Gateway")], columns: TableColumn.gateway, defaults: GatewayDefaults.gateway,
            validate: GatewayRules.gateway),
        ServedKind(
            type: HTTPRoute.resource, categories: ["gateway-api"], message: "gateway.HTTPRoute", hasStatus: true,
            countsGenerations: true, isCustom: true, needsVersionOnUpdate: true, subresources: [.status("HTTPRoute")],
            columns: [.name, .hostnames, .age], defaults: GatewayDefaults.httpRoute, validate: GatewayRules.httpRoute),
    ]
}
