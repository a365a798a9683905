import APIServer
import EstibaTesting
import Kube
import Logging
import Store
import Testing

@testable import Controllers

/// The controllers together, over a server that speaks the protocol, with a node that starts whatever it is given.
@Suite(.timeLimit(.minutes(1))) struct WholeLoopTests {
    /// What answers the controllers: a small server that keeps to the letter of the protocol, and the real one.
    enum Server: Sendable, CaseIterable {
        case inMemory
        case real
    }

    func withCluster(
        _ server: Server = .inMemory, cpu: Quantity = "4", _ body: @escaping @Sendable (Cluster) async throws -> Void
    ) async throws {
        switch server {
        case .inMemory:
            let memory = InMemoryCluster()
            try await run(Cluster(client: memory.client, memory: memory), cpu: cpu, body)
        case .real:
            try await TemporaryDirectory.with { folder in
                let api = KubernetesAPI(log: try RevisionLog.open(path: folder.file("log.sqlite")), logs: NoLogs())
                try await api.furnish()
                try await run(Cluster(client: ClusterClient(InProcessTransport(api)), memory: nil), cpu: cpu, body)
            }
        }
    }

    struct Cluster: Sendable {
        let client: ClusterClient
        let memory: InMemoryCluster?
    }

    struct NoLogs: PodLogs {
        func log(
            of container: PodLogTarget, _ options: PodLogOptions
        ) async throws -> AsyncThrowingStream<[UInt8], any Error> { AsyncThrowingStream { $0.finish() } }
    }

    private func run(
        _ cluster: Cluster, cpu: Quantity, _ body: @escaping @Sendable (Cluster) async throws -> Void
    ) async throws {
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
        _ cluster: Cluster, _ kind: Kind.Type, until condition: @Sendable ([Kind]) -> Bool
    ) async throws {
        let listing = try await cluster.client.list(kind)
        if condition(listing.items) { return }
        for try await _ in try await cluster.client.watch(kind, from: listing.resourceVersion) {
            if condition(try await cluster.client.list(kind).items) { return }
        }
    }

    /// A Deployment as a user writes it.
    func fresh(_ replicas: Int, image: String = "a:2") -> Deployment {
        var object = deployment(replicas, image: image)
        object.metadata.uid = nil
        object.metadata.generation = nil
        return object
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

    @Test(arguments: Server.allCases) func `a Deployment rolls out, rolls on, rolls back and goes`(_ server: Server)
        async throws
    {
        try await withCluster(server) { cluster in
            try await cluster.client.create(fresh(3, image: "a:1"))
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

    @Test(arguments: Server.allCases) func `events tell what was done`(_ server: Server) async throws {
        try await withCluster(server) { cluster in
            try await cluster.client.create(fresh(2))
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

    @Test(arguments: Server.allCases) func `a pod without room waits and gets the room that becomes free`(
        _ server: Server
    ) async throws {
        try await withCluster(server, cpu: "1") { cluster in
            func make(_ name: String) -> Pod {
                var object = pod(name, cpu: "800m")
                object.metadata.uid = nil
                object.metadata.creationTimestamp = nil
                object.status = nil
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
            cluster.memory?.refuse { $0.method == "POST" && $0.path.hasSuffix("/pods") ? "no pods today" : nil }
            try await cluster.client.create(fresh(2))
            try await wait(cluster, ReplicaSet.self) { sets in
                sets.contains { $0.status?.conditions?.contains { $0.type == "ReplicaFailure" } ?? false }
            }
            cluster.memory?.refuseNothing()
            try await wait(cluster, Deployment.self, until: complete("a:2", 2))
            let replicaSet = try await cluster.client.list(ReplicaSet.self).items.first
            #expect(replicaSet?.status?.conditions?.contains { $0.type == "ReplicaFailure" } != true)
        }
    }

    @Test(arguments: Server.allCases) func `each namespace has its ServiceAccount`(_ server: Server) async throws {
        try await withCluster(server) { cluster in
            try await wait(cluster, ServiceAccount.self) {
                $0.contains { $0.namespace == "prod" && $0.name == "default" }
            }
            try await cluster.client.delete(ServiceAccount.self, "default", in: "prod")
            try await wait(cluster, ServiceAccount.self) { $0.contains { $0.namespace == "prod" } }
        }
    }

    @Test(arguments: Server.allCases) func `dependents of an orphaned owner stay`(_ server: Server) async throws {
        try await withCluster(server) { cluster in
            try await cluster.client.create(fresh(1))
            try await wait(cluster, Deployment.self, until: complete("a:2", 1))
            try await cluster.client.delete(Deployment.self, "web", in: "prod", propagation: "Orphan")
            try await wait(cluster, Deployment.self) { $0.isEmpty }
            let left = try await cluster.client.list(ReplicaSet.self).items
            #expect(left.count == 1)
            #expect(left.first?.metadata.ownerReferences ?? [] == [])
        }
    }
}
