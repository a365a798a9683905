import FoundationEssentials
import Kube
import Linux
import Logging
import PodNetwork

/// What all pods of a node work with.
struct NodeContext: Sendable {
    let configuration: NodeConfiguration
    let client: ClusterClient
    let network: PodNetwork
    let images: any ImageSource
    let runner: ContainerRunner
    let events: EventRecorder
    let prober: Prober
    let machine: MachineCapacity
    let logger: Logger
    /// The time of day.
    let now: @Sendable () -> Date
    let sleep: @Sendable (Double) async throws -> Void

    /// Reads ConfigMaps and Secrets by name, all at once. Those that don't exist are left out.
    func sources(configMaps: Set<String>, secrets: Set<String>, in namespace: String) async throws
        -> ContainerEnvironment.Sources
    {
        if configMaps.isEmpty, secrets.isEmpty { return ContainerEnvironment.Sources() }
        return try await withThrowingTaskGroup(of: (ConfigMap?, Secret?).self) { tasks in
            for name in configMaps {
                tasks.addTask { (try await client.find(ConfigMap.self, name, in: namespace), nil) }
            }
            for name in secrets { tasks.addTask { (nil, try await client.find(Secret.self, name, in: namespace)) } }
            var sources = ContainerEnvironment.Sources()
            for try await (map, secret) in tasks {
                if let map { sources.configMaps[map.name] = map }
                if let secret { sources.secrets[secret.name] = secret }
            }
            return sources
        }
    }

    func downward(_ pod: Pod, address: String?) -> DownwardValues {
        DownwardValues(
            pod: pod, podAddress: address, hostAddress: configuration.address, nodeMemory: machine.memory,
            nodeMilliCores: machine.milliCores)
    }
}
