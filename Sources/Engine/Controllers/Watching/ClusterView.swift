import Kube
import Logging

/// What the controllers know of the cluster: one watch for each kind, shared by all of them.
struct ClusterView: Sendable {
    let deployments = ObjectStore<Deployment>()
    let replicaSets = ObjectStore<ReplicaSet>()
    let pods = ObjectStore<Pod>()
    let services = ObjectStore<Service>()
    let endpointSlices = ObjectStore<EndpointSlice>()
    let nodes = ObjectStore<KubeNode>()
    let namespaces = ObjectStore<Namespace>()
    let configMaps = ObjectStore<MetadataOnly<ConfigMap>>()
    let secrets = ObjectStore<MetadataOnly<Secret>>()
    let serviceAccounts = ObjectStore<MetadataOnly<ServiceAccount>>()
    let gateways = ObjectStore<MetadataOnly<KubeGateway>>()
    let routes = ObjectStore<MetadataOnly<HTTPRoute>>()

    /// The stores by the kind they hold, for garbage collection.
    var owned: [any OwnedStore] {
        [
            deployments, replicaSets, pods, services, endpointSlices, nodes, namespaces, configMaps, secrets,
            serviceAccounts, gateways, routes,
        ]
    }

    /// Keeps every store current until the task is cancelled; calls `onSynced` once when all have been filled.
    func run(client: ClusterClient, logger: Logger, onSynced: @escaping @Sendable () -> Void) async throws {
        let (filled, filling) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingDiscardingTaskGroup { group in
            var count = 0
            func follow<Kind: KubeKind>(_ store: ObjectStore<Kind>) {
                count += 1
                group.addTask {
                    var isFilled = false
                    try await Reflector(Kind.self, client: client, logger: logger).run { change in
                        store.apply(change)
                        if !isFilled {
                            isFilled = true
                            filling.yield()
                        }
                    }
                }
            }
            follow(deployments)
            follow(replicaSets)
            follow(pods)
            follow(services)
            follow(endpointSlices)
            follow(nodes)
            follow(namespaces)
            follow(configMaps)
            follow(secrets)
            follow(serviceAccounts)
            follow(gateways)
            follow(routes)
            var missing = count
            for await _ in filled {
                missing -= 1
                if missing == 0 { break }
            }
            if missing == 0 { onSynced() }
        }
    }
}
