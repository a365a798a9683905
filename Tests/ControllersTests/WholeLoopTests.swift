import EstibaTesting
import Kube
import Logging
import Testing

@testable import Controllers

/// The controllers together, over a server that speaks the protocol, with a node that starts whatever it is given.
@Suite(.timeLimit(.minutes(1))) struct WholeLoopTests {
    func withCluster(
        cpu: Quantity = "4", _ body: @escaping @Sendable (InMemoryCluster) async throws -> Void
    ) async throws {
        let cluster = InMemoryCluster()
        let kubelet = PretendKubelet(client: cluster.client, node: "here")
        try await kubelet.register(cpu: cpu)
        try await cluster.client.create(Namespace(metadata: ObjectMeta(name: "prod")))
        let service = ControllerService(client: cluster.client, logger: Logger(label: "test"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            group.addTask { try await kubelet.run() }
            group.addTask { try await body(cluster) }
            // The body alone ends by itself.
            try await group.next()
            group.cancelAll()
        }
    }

    /// Waits until `condition` holds for the listed objects, looking again at each change.
    func wait<Kind: KubeKind>(
        _ cluster: InMemoryCluster, _ kind: Kind.Type, until condition: @Sendable ([Kind]) -> Bool
    ) async throws {
        let listing = try await cluster.client.list(kind)
        if condition(listing.items) { return }
        for try await _ in try await cluster.client.watch(kind, from: listing.resourceVersion) {
            if condition(try await cluster.client.list(kind).items) { return }
        }
    }

    func complete(_ image: String, _ replicas: Int) -> @Sendable ([Deployment]) -> Bool {
        { deployments in
            guard let object = deployments.first, let status = object.status else { return false }
            return object.spec.template.spec["containers"]?[0]?["image"]?.string == image
                && status.observedGeneration == object.metadata.generation && status.updatedReplicas == replicas
                && status.availableReplicas == replicas && status.replicas == replicas
                && status.conditions?.contains { $0.reason == "NewReplicaSetAvailable" } ?? false
        }
    }

    @Test func `a Deployment rolls out, rolls on, rolls back and goes`() async throws {
        try await withCluster { cluster in
            var wanted = deployment(3, image: "a:1")
            wanted.metadata.uid = nil
            try await cluster.client.create(wanted)
            let service = Service(
                metadata: ObjectMeta(name: "web", namespace: "prod"),
                spec: ServiceSpec(selector: ["app": "web"], ports: [ServicePort(port: 80, targetPort: 8080)]))
            try await cluster.client.create(service)
            try await wait(cluster, Deployment.self, until: complete("a:1", 3))
            try await wait(cluster, EndpointSlice.self) { slices in
                slices.first?.endpoints?.count { $0.conditions?.ready == true } == 3
            }
            for image in ["a:2", "a:1"] {
                try await cluster.client.patch(
                    Deployment.self, "web", in: "prod",
                    ["spec": ["template": ["spec": ["containers": [["name": "main", "image": .string(image)]]]]]])
                try await wait(cluster, Deployment.self, until: complete(image, 3))
            }
            let object = try await cluster.client.get(Deployment.self, "web", in: "prod")
            #expect(object.metadata.annotations?[Revisions.revision] == "3")
            #expect(try await cluster.client.list(ReplicaSet.self).items.count == 2)
            try await wait(cluster, Pod.self) { $0.count == 3 }
            try await cluster.client.delete(Deployment.self, "web", in: "prod", propagation: "Foreground")
            try await wait(cluster, Deployment.self) { $0.isEmpty }
            #expect(try await cluster.client.list(Pod.self).items.isEmpty)
            #expect(try await cluster.client.list(ReplicaSet.self).items.isEmpty)
            try await cluster.client.delete(Service.self, "web", in: "prod")
            try await wait(cluster, EndpointSlice.self) { $0.isEmpty }
        }
    }

    @Test func `events tell what was done`() async throws {
        try await withCluster { cluster in
            try await cluster.client.create(deployment(2))
            try await wait(cluster, KubeEvent.self) { events in
                let reasons = Set(events.compactMap(\.reason))
                return reasons.isSuperset(of: ["ScalingReplicaSet", "SuccessfulCreate", "Scheduled"])
            }
            let scaling = try await cluster.client.list(KubeEvent.self).items.first { $0.reason == "ScalingReplicaSet" }
            let name = try await cluster.client.list(ReplicaSet.self).items.first?.name ?? ""
            #expect(scaling?.message == "Scaled up replica set \(name) from 0 to 2")
            #expect(scaling?.involvedObject.kind == "Deployment")
        }
    }

    @Test func `a pod without room waits and gets the room that becomes free`() async throws {
        try await withCluster(cpu: "1") { cluster in
            func make(_ name: String) -> Pod {
                var object = pod(name, cpu: "800m")
                object.metadata.uid = nil
                return object
            }
            try await cluster.client.create(make("first"))
            try await wait(cluster, Pod.self) { $0.contains { $0.spec.nodeName == "here" } }
            try await cluster.client.create(make("second"))
            try await wait(cluster, Pod.self) { pods in
                pods.contains {
                    $0.name == "second" && $0.status?.conditions?.contains { $0.reason == "Unschedulable" } ?? false
                }
            }
            try await cluster.client.delete(Pod.self, "first", in: "prod")
            try await wait(cluster, Pod.self) { $0.contains { $0.name == "second" && $0.isReady } }
        }
    }

    @Test func `a refused pod is tried again, and the ReplicaSet says why`() async throws {
        try await withCluster { cluster in
            cluster.refuse { $0.method == "POST" && $0.path.hasSuffix("/pods") ? "no pods today" : nil }
            try await cluster.client.create(deployment(2))
            try await wait(cluster, ReplicaSet.self) { sets in
                sets.contains { $0.status?.conditions?.contains { $0.type == "ReplicaFailure" } ?? false }
            }
            cluster.refuseNothing()
            try await wait(cluster, Deployment.self, until: complete("a:2", 2))
            let replicaSet = try await cluster.client.list(ReplicaSet.self).items.first
            #expect(replicaSet?.status?.conditions?.contains { $0.type == "ReplicaFailure" } != true)
        }
    }

    @Test func `each namespace has its ServiceAccount`() async throws {
        try await withCluster { cluster in
            try await wait(cluster, ServiceAccount.self) {
                $0.contains { $0.namespace == "prod" && $0.name == "default" }
            }
            try await cluster.client.delete(ServiceAccount.self, "default", in: "prod")
            try await wait(cluster, ServiceAccount.self) { $0.contains { $0.namespace == "prod" } }
        }
    }

    @Test func `dependents of an orphaned owner stay`() async throws {
        try await withCluster { cluster in
            try await cluster.client.create(deployment(1))
            try await wait(cluster, Deployment.self, until: complete("a:2", 1))
            try await cluster.client.delete(Deployment.self, "web", in: "prod", propagation: "Orphan")
            try await wait(cluster, Deployment.self) { $0.isEmpty }
            let left = try await cluster.client.list(ReplicaSet.self).items
            #expect(left.count == 1)
            #expect(left.first?.metadata.ownerReferences ?? [] == [])
        }
    }
}
