import Containers
import EstibaTesting
import FoundationEssentials
import Glibc
import Kube
import Linux
import Logging
import OCI
import PodNetwork
import Synchronization
import Testing

@testable import Node

/// A node of its own for a test: an API in memory, a network of its own, containers of an image that is only busybox.
struct NodeScope: Sendable {
    let directory: String
    let cluster: InMemoryCluster
    let network: PodNetwork
    let host: ContainerHost
    let images: BusyboxImage

    var client: ClusterClient { cluster.client }

    var configuration: NodeConfiguration {
        NodeConfiguration(
            name: "test-node", directory: directory + "/pods", address: "192.0.2.1", cgroup: "/estiba-test-\(getpid())",
            dns: "10.197.0.10")
    }

    static func with(_ body: @Sendable (NodeScope) async throws -> Void) async throws {
        let directory = "/tmp/estiba-node-\(UInt32.random(in: 0 ... .max))"
        try await ContainerHost.prepare(folder: directory)
        let network = PodNetwork(
            configuration: try PodNetworkConfiguration(
                directory: directory + "/sandboxes", pods: "10.199.8.0/24", services: "10.197.0.0/16",
                dnsService: "10.197.0.10",
                linkPrefix: "nodet", table: "estiba-node-test", forwardsToOutside: false, upstreams: []),
            logger: logger)
        let scope = NodeScope(
            directory: directory, cluster: InMemoryCluster(), network: network,
            host: try ContainerHost.detect(folder: directory, logger: logger),
            images: try BusyboxImage(directory: directory + "/image"))
        let result: Result<Void, any Error>
        do { result = .success(try await body(scope)) } catch { result = .failure(error) }
        try await scope.checkNothingIsLeft(isClean: (try? result.get()) != nil)
        try result.get()
    }

    static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .warning
        return logger
    }

    func agent(_ onReady: @escaping @Sendable () -> Void = {}) -> NodeAgent {
        NodeAgent(
            configuration: configuration, client: client, network: network, images: images, host: host,
            logger: Self.logger,
            onReady: onReady)
    }

    /// Runs a node for the length of `body`; afterwards containers run on.
    @discardableResult
    func whileRunning<Value: Sendable>(_ body: @Sendable (NodeAgent) async throws -> Value) async throws -> Value {
        let (ready, isReady) = AsyncStream<Void>.makeStream()
        let agent = agent { isReady.finish() }
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { isReady.finish() }
                try await agent.run()
            }
            for await _ in ready {}
            let value = try await body(agent)
            tasks.cancelAll()
            return value
        }
    }

    // MARK: Pods

    static func pod(_ name: String, _ script: String, change: (inout Pod) -> Void = { _ in }) -> Pod {
        var pod = Pod(
            metadata: ObjectMeta(name: name, namespace: "shop"),
            spec: PodSpec(
                containers: [Kube.Container(name: "main", image: "busybox:1", command: ["/bin/sh", "-c", script])],
                nodeName: "test-node"))
        pod.spec.terminationGracePeriodSeconds = 5
        change(&pod)
        return pod
    }

    /// Waits until the pod is as wanted.
    @discardableResult
    func wait(_ name: String, _ isDone: (Pod) -> Bool) async throws -> Pod {
        for try await event in try await client.watch(Pod.self, in: "shop", from: "0") {
            if case .deleted = event { continue }
            if let pod = event.object, pod.name == name, isDone(pod) { return pod }
        }
        throw CancellationError()
    }

    /// Waits until the pod has left the API and this node.
    func waitUntilGone(_ name: String) async throws {
        for try await event in try await client.watch(Pod.self, in: "shop", from: "0") {
            guard case .deleted(let pod) = event, pod.name == name else { continue }
            let watch = try FileWatch([configuration.directory])
            while FileSystem.exists("\(configuration.directory)/\(pod.metadata.uid ?? "")") {
                for try await _ in watch { break }
            }
            return
        }
    }

    func log(_ agent: NodeAgent, _ name: String, _ options: LogOptions = LogOptions()) async throws -> String {
        let pod = try await client.get(Pod.self, name, in: "shop")
        var bytes: [UInt8] = []
        for try await piece in try await agent.log(of: pod, options) { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Waits until the API has events of a pod with all of these reasons: they get there some time after what they tell of.
    func waitForEvents(of name: String, _ reasons: Set<String>) async throws {
        var missing = reasons
        for try await event in try await client.watch(KubeEvent.self, in: "shop", from: "0") {
            guard let object = event.object, object.involvedObject.name == name, let reason = object.reason else {
                continue
            }
            missing.remove(reason)
            if missing.isEmpty { return }
        }
        throw CancellationError()
    }

    private func checkNothingIsLeft(isClean: Bool) async throws {
        let sandboxes = (try? FileSystem.list(directory + "/sandboxes")) ?? []
        await network.detachAll(except: [])
        try await network.withdrawFromHost()
        let mounts = try Mounts.list(below: directory).filter { $0.path != directory }.map(\.path)
        let groups = Cgroups.detect().group(at: "/estiba-test-\(getpid())")
        if isClean {
            #expect(sandboxes == [])
            #expect(mounts == [])
            #expect(groups.processes() == [])
            #expect((try? FileSystem.list(directory + "/pods")) == [])
        }
        try await groups.kill()
        try await groups.remove()
        try Mounts.unmountAll(below: directory)
        try FileSystem.removeTree(directory)
    }
}

/// An image with busybox and nothing else.
final class BusyboxImage: ImageSource {
    let layer: String
    private let missing = Mutex<Set<String>>([])
    private let stopSignal: String?

    init(directory: String, stopSignal: String? = nil) throws {
        layer = directory
        self.stopSignal = stopSignal
        for name in ["bin", "tmp", "etc", "proc", "dev", "sys", "data"] {
            try FileSystem.makeDirectory(directory + "/" + name)
        }
        try FileSystem.copyFile("/bin/busybox", to: directory + "/bin/busybox")
        for name in [
            "sh", "cat", "sleep", "echo", "httpd", "nc", "hostname", "id", "touch", "test", "ls", "env", "nslookup",
        ] {
            symlink("busybox", "\(directory)/bin/\(name)")
        }
        try FileSystem.writeAtomically(Array("root:x:0:0:root:/root:/bin/sh\n".utf8), to: directory + "/etc/passwd")
    }

    /// From now on there is no such image, or there is one again.
    func set(_ reference: String, isMissing: Bool) {
        missing.withLock { missing in
            if isMissing { missing.insert(reference) } else { missing.remove(reference) }
        }
    }

    func resolve(_ reference: String, policy: ImagePullPolicy) async throws -> NodeImage {
        if missing.withLock({ $0.contains(reference) }) {
            throw NodeProblem.imagePull(reference: reference, why: "there is no such image")
        }
        var configuration = ImageConfiguration.Execution()
        configuration.env = ["PATH=/bin", "FROM_IMAGE=yes"]
        configuration.stopSignal = stopSignal
        return NodeImage(
            digest: try Digest("sha256:" + String(repeating: "ab", count: 32)), configuration: configuration,
            layers: [layer], wasFetched: policy == .always)
    }
}
