package import Kube

/// Acts as the node of an `InMemoryCluster`: pods bound to it become ready at once, and go when they are deleted.
package struct PretendKubelet: Sendable {
    private let client: ClusterClient
    private let node: String
    /// Whether a pod becomes ready.
    private let isHealthy: @Sendable (Pod) -> Bool

    package init(client: ClusterClient, node: String, isHealthy: @escaping @Sendable (Pod) -> Bool = { _ in true }) {
        self.client = client
        self.node = node
        self.isHealthy = isHealthy
    }

    /// Registers the node with room for that much.
    package func register(cpu: Quantity = "4", memory: Quantity = "8Gi", pods: Quantity = "110") async throws {
        try await client.create(KubeNode(metadata: ObjectMeta(name: node)))
        var status = KubeNode.Status()
        status.allocatable = ["cpu": cpu, "memory": memory, "pods": pods]
        status.capacity = status.allocatable
        status.conditions = [Condition(type: "Ready", status: "True")]
        try await client.patch(KubeNode.self, node, subresource: "status", ["status": try JSON(encoding: status)])
    }

    /// Runs pods until the task is cancelled.
    package func run() async throws {
        var address = 0
        let events = try await client.watch(Pod.self, from: "0")
        for try await event in events {
            guard case .deleted = event else {
                guard let pod = event.object, pod.spec.nodeName == node else { continue }
                if pod.isTerminating {
                    try? await client.delete(Pod.self, pod.name, in: pod.namespace, gracePeriodSeconds: 0)
                } else if pod.status?.podIP == nil {
                    address += 1
                    try? await start(pod, address: "10.0.\(address / 250).\(address % 250 + 1)")
                }
                continue
            }
        }
    }

    private func start(_ pod: Pod, address: String) async throws {
        let ready: JSON = [
            "type": "Ready", "status": isHealthy(pod) ? "True" : "False", "lastTransitionTime": "2026-01-01T00:00:00Z",
        ]
        try await client.patch(
            Pod.self, pod.name, in: pod.namespace, subresource: "status",
            ["status": ["phase": "Running", "podIP": .string(address), "conditions": [ready]]])
    }
}
