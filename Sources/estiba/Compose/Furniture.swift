import Kube

/// The objects that Estiba's own cluster has from the start: a namespace of its own, and the gateway.
enum Furniture {
    static let namespace = "estiba-system"

    static func install(_ client: ClusterClient, gatewayPort: Int) async throws {
        try await create(client, Namespace(metadata: ObjectMeta(name: namespace)).json())
        try await create(
            client,
            [
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "GatewayClass", "metadata": ["name": "estiba"],
                "spec": ["controllerName": "estiba.dev/gateway"],
            ])
        try await create(
            client,
            [
                "apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway",
                "metadata": ["name": "estiba", "namespace": .string(namespace)],
                "spec": [
                    "gatewayClassName": "estiba",
                    "listeners": [
                        [
                            "name": "http", "port": .int(Int64(gatewayPort == 0 ? 8080 : gatewayPort)),
                            "protocol": "HTTP",
                            "allowedRoutes": ["namespaces": ["from": "All"]],
                        ]
                    ],
                ],
            ])
    }

    private static func create(_ client: ClusterClient, _ object: JSON) async throws {
        let resources = [
            "Namespace": Namespace.resource, "Gateway": KubeGateway.resource,
            "GatewayClass": ResourceType(
                group: "gateway.networking.k8s.io", kind: "GatewayClass", plural: "gatewayclasses", isNamespaced: false),
        ]
        guard let kind = object["kind"]?.string, let resource = resources[kind] else { return }
        do {
            try await client.json(
                "POST", resource.path(namespace: object["metadata"]?["namespace"]?.string), body: object)
        } catch let problem as ClusterProblem where problem.isAlreadyExists {
            return
        }
    }
}
