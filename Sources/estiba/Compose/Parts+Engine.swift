import APIServer
import Containers
import Controllers
import Foundation
import Identity
import Kube
import Linux
import NIOSSL
import Node
import PodNetwork
import Registry
import ServiceLifecycle
import Store
import Web

/// The single-node cluster.
struct EngineParts: Sendable {
    let services: [any ServiceLifecycle.Service]
    let client: ClusterClient
    let node: NodeAgent
    let registry: RegistryStore
    let layers: LayerStore
    let host: ContainerHost
}

extension Parts {
    func engine(_ base: Foundations) async throws -> EngineParts {
        let logs = NodeLogs()
        let api = try kubernetes(base, logs)
        try await api.furnish()
        let client = ClusterClient(InProcessTransport(api))
        try await Furniture.install(client, gatewayPort: config.ports.gateway)

        let registry = try RegistryStore(
            blobs: base.blobs, path: data.database("registry"),
            localNames: Set(["localhost", "127.0.0.1"].map { "\($0):\(registryPort)" }))
        let layers = LayerStore(root: data.layers, blobs: base.blobs)
        try await layers.prepare()
        try await ContainerHost.prepare(folder: data.path)
        let host = try ContainerHost.detect(folder: data.path, logger: label("containers"))
        let network = PodNetwork(
            configuration: try PodNetworkConfiguration(
                directory: data.path + "/sandboxes", pods: config.network.pods, services: config.network.services,
                dnsService: dnsAddress, linkPrefix: config.network.name, table: config.network.name),
            logger: label("network"))
        let readiness = readiness
        let node = NodeAgent(
            configuration: NodeConfiguration(
                name: ProcessInfo.processInfo.hostName.lowercased(), directory: data.pods,
                address: network.configuration.gateway.description,
                cgroup: "/" + config.network.name, dns: dnsAddress, podCIDR: config.network.pods),
            client: client, network: network,
            images: RegistryImages(store: registry, client: RegistryClient(), layers: layers), host: host,
            logger: label("node"), onReady: { Task { await readiness.ready("node") } })
        await logs.serve(from: node, client: client)
        let services: [any ServiceLifecycle.Service] = [
            Housekeeping(api, logger: label("kubernetes")), try kubernetesListener(api, base),
            ControllerService(client: client, rootCertificate: try base.authority.pem, logger: label("controllers")),
            PodNetworkService(
                network: network, client: client, logger: label("network"),
                onReady: { Task { await readiness.ready("network") } }),
            node,
        ]
        return EngineParts(
            services: services, client: client, node: node, registry: registry, layers: layers, host: host)
    }

    /// The port in the names of this registry's images.
    var registryPort: Int { config.ports.registry == 0 ? 5000 : config.ports.registry }

    /// The tenth address of the service network.
    private var dnsAddress: String {
        let octets = config.network.services.split(separator: "/")[0].split(separator: ".")
        return octets.dropLast().joined(separator: ".") + ".10"
    }

    private func kubernetes(_ base: Foundations, _ logs: NodeLogs) throws -> KubernetesAPI {
        var settings = APIServerSettings()
        let parts = config.network.services.split(separator: "/")
        settings.serviceNetwork = parts.first.map(String.init) ?? settings.serviceNetwork
        settings.servicePrefixLength = parts.count > 1 ? Int(parts[1]) ?? 16 : 16
        settings.dnsAddress = dnsAddress
        settings.certificateAuthority = try base.authority.pem
        let log = try RevisionLog.open(
            path: data.database("cluster"), sealing: [Secret.resource.qualifiedName], with: base.secrets.sealingKey)
        return KubernetesAPI(log: log, settings: settings, logs: logs)
    }

    private func kubernetesListener(_ api: KubernetesAPI, _ base: Foundations) throws -> any ServiceLifecycle.Service {
        let issued = try base.authority.issue(hosts: [
            "localhost", "127.0.0.1", config.listen, "kubernetes.default.svc",
        ])
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(issued.certificatePEM.utf8)).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem)))
        let (ports, readiness) = (ports, readiness)
        return WebServer(
            name: "kubernetes", host: config.listen, port: config.ports.kubernetes, tls: tls,
            responder: APIResponder(api, authenticator: AccessTokens(access: base.access)), logger: label("kubernetes")
        ) { bound in
            ports.set(\.kubernetes, bound)
            await readiness.ready("kubernetes")
        }
    }
}
