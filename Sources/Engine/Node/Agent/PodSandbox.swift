import FoundationEssentials
import Kube
import Linux
import PodNetwork

/// What the containers of a pod share.
struct PodSandbox: Sendable {
    /// Nil on the host's network.
    let namespaces: PinnedNamespaces?
    let address: String
}

extension PodSandbox {
    /// Makes namespaces, address, volumes and files of a pod, side by side where they don't need each other.
    static func prepare(_ pod: Pod, in directory: PodDirectory, _ context: NodeContext) async throws -> PodSandbox {
        try FileSystem.makeDirectory(directory.path, mode: 0o700)
        async let sandbox = connect(pod, context)
        async let sources = volumeSources(pod, context)
        async let tokens = tokens(pod, context)
        let made = try await sandbox
        try writeFiles(pod, made, directory, context)
        let volumes = PodVolumes(directory: directory.volumes)
        try await volumes.prepare(
            pod, sources: sources, values: context.downward(pod, address: made.address), tokens: tokens)
        return made
    }

    /// The pod's host name: at most 63 bytes of its own choice or of its name.
    static func hostname(_ pod: Pod) -> String {
        var name = String((pod.spec.hostname ?? pod.name).prefix(63))
        while name.hasSuffix("-") || name.hasSuffix(".") { name.removeLast() }
        return name
    }

    static func volumeSources(_ pod: Pod, _ context: NodeContext) async throws -> ContainerEnvironment.Sources {
        let names = VolumeContent.references(of: pod.spec.volumes ?? [])
        return try await context.sources(configMaps: names.configMaps, secrets: names.secrets, in: pod.namespace)
    }

    /// Service account tokens for projected volumes, by their path.
    static func tokens(_ pod: Pod, _ context: NodeContext) async throws -> [String: String] {
        var tokens: [String: String] = [:]
        for source in (pod.spec.volumes ?? []).flatMap({ $0.projected?.sources ?? [] }) {
            guard let projection = source.serviceAccountToken else { continue }
            let account = pod.spec.serviceAccountName ?? "default"
            let path = ServiceAccount.resource.path(namespace: pod.namespace, name: account, subresource: "token")
            var spec: JSON = ["expirationSeconds": .int(Int64(projection.expirationSeconds ?? 3600))]
            if let audience = projection.audience { spec["audiences"] = [.string(audience)] }
            let answer = try await context.client.json(
                "POST", path,
                body: ["apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "metadata": [:], "spec": spec])
            tokens[projection.path] = answer[path: "status", "token"]?.string
        }
        return tokens
    }

    private static func connect(_ pod: Pod, _ context: NodeContext) async throws -> PodSandbox {
        if pod.spec.hostNetwork == true { return PodSandbox(namespaces: nil, address: context.configuration.address) }
        let attachment = try await context.network.attach(pod.metadata.uid ?? pod.name, hostname: hostname(pod))
        for setting in pod.spec.securityContext?.sysctls ?? [] where setting.name.hasPrefix("net.") {
            let name = setting.name.dropFirst(4).replacing(".", with: "/")
            try attachment.namespaces.set(String(name), to: setting.value)
        }
        return PodSandbox(namespaces: attachment.namespaces, address: "\(attachment.address)")
    }

    private static func writeFiles(_ pod: Pod, _ sandbox: PodSandbox, _ directory: PodDirectory, _ context: NodeContext)
        throws
    {
        let name = hostname(pod)
        let domain = context.configuration.clusterDomain
        let fullName = pod.spec.subdomain.map { "\(name).\($0).\(pod.namespace).svc.\(domain)" }
        let hosts = HostsFile.text(
            hostname: name, fullName: fullName, address: sandbox.address, aliases: pod.spec.hostAliases ?? [])
        let resolver = ResolverFile.text(
            policy: pod.spec.dnsPolicy, isOnHostNetwork: sandbox.namespaces == nil, namespace: pod.namespace,
            cluster: ResolverFile.Cluster(server: context.configuration.dns, domain: domain),
            host: (try? FileSystem.readLine("/etc/resolv.conf")).map { $0 + "\n" } ?? "")
        for (path, text) in [
            (directory.hosts, hosts), (directory.resolver, resolver), (directory.hostname, name + "\n"),
        ]
        where !FileSystem.exists(path) {
            try FileSystem.writeAtomically(Array(text.utf8), to: path, durable: false)
        }
        let isNew = !FileSystem.exists(directory.sharedMemory)
        if isNew { try FileSystem.makeDirectory(directory.sharedMemory) }
        if try isNew || !Mounts.isMounted(directory.sharedMemory) {
            try Mounts.mount(
                "tmpfs", at: directory.sharedMemory, options: [.noSetUserID, .noDevices, .noExecution],
                data: "mode=1777,size=64m")
        }
    }
}
