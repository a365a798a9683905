import FoundationEssentials
import Glibc
import Kube
import Linux
import Logging
import Problems

/// Keeps the Node object of this machine: made or brought up to date at the start, its heartbeat every now and then.
struct NodeRegistration: Sendable {
    let configuration: NodeConfiguration
    let machine: MachineCapacity
    let client: ClusterClient
    let logger: Logger

    /// Registers, calls `onReady`, then keeps the node alive until the task is cancelled.
    func run(onReady: @Sendable () -> Void) async throws {
        var pause = Duration.milliseconds(50)
        while !Task.isCancelled {
            do {
                try await register()
                break
            } catch let problem as ClusterProblem {
                logger.warning("node not registered, trying again", metadata: ["error": "\(problem.oneLine)"])
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(5))
            }
        }
        onReady()
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(60))
            do { try await writeStatus() } catch let problem as ClusterProblem {
                logger.warning("node heartbeat not written", metadata: ["error": "\(problem.oneLine)"])
            }
        }
    }

    private func register() async throws {
        var node = KubeNode(
            metadata: ObjectMeta(
                name: configuration.name,
                labels: [
                    "kubernetes.io/hostname": configuration.name, "kubernetes.io/os": "linux",
                    "kubernetes.io/arch": architecture,
                    "node-role.kubernetes.io/control-plane": "",
                ]))
        var spec = KubeNode.Spec()
        spec.podCIDR = configuration.podCIDR
        spec.podCIDRs = [configuration.podCIDR]
        node.spec = spec
        if try await client.find(KubeNode.self, configuration.name) == nil {
            do { try await client.create(node) } catch let problem as ClusterProblem where problem.isAlreadyExists {}
        }
        try await writeStatus()
    }

    private func writeStatus() async throws {
        let current = try await client.find(KubeNode.self, configuration.name)
        let status = try JSON(encoding: status(previous: current?.status?.conditions ?? [], now: Date()))
        try await client.patch(KubeNode.self, configuration.name, subresource: "status", ["status": status])
    }

    private func status(previous: [Condition], now: Date) -> KubeNode.Status {
        var status = KubeNode.Status()
        let amounts: [String: Quantity] = [
            "cpu": Quantity(milli: machine.milliCores), "memory": Self.kibibytes(machine.memory),
            "ephemeral-storage": Self.kibibytes(machine.disk),
            "pods": Quantity(milli: configuration.maximumPods * 1000),
        ]
        status.capacity = amounts
        status.allocatable = amounts
        status.addresses = [
            KubeNode.Address(type: "InternalIP", address: configuration.address),
            KubeNode.Address(type: "Hostname", address: configuration.name),
        ]
        let isShortOfDisk =
            (try? FileSystem.space(at: configuration.directory)).map { $0.free * 20 < $0.total } ?? false
        status.conditions = [
            ("MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
            (
                "DiskPressure", isShortOfDisk, isShortOfDisk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                isShortOfDisk ? "less than 5% of the disk is free" : "kubelet has no disk pressure"
            ),
            ("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            ("Ready", true, "KubeletReady", "kubelet is posting ready status"),
        ].map { type, holds, reason, message in
            let value = holds ? "True" : "False"
            let before = previous.first { $0.type == type && $0.status == value }
            return Condition(
                type: type, status: value, reason: reason, message: message,
                lastTransitionTime: before?.lastTransitionTime ?? Timestamp.text(now))
        }
        status.nodeInfo = nodeInfo
        return status
    }

    private static func kibibytes(_ bytes: Int) -> Quantity {
        Quantity("\(bytes / 1024)Ki") ?? Quantity(milli: bytes * 1000)
    }

    private var nodeInfo: JSON {
        var names = utsname()
        uname(&names)
        func text(_ path: String) -> String { (try? FileSystem.readLine(path)) ?? "" }
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        let image =
            text("/etc/os-release").split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
            .map { $0.dropFirst(12).filter { $0 != "\"" } } ?? "Linux"
        return [
            "machineID": .string(text("/etc/machine-id")), "systemUUID": .string(text("/etc/machine-id")),
            "bootID": .string(text("/proc/sys/kernel/random/boot_id")), "kernelVersion": .string(release),
            "osImage": .string(String(image)), "containerRuntimeVersion": "estiba://1",
            "kubeletVersion": .string(configuration.version), "kubeProxyVersion": .string(configuration.version),
            "operatingSystem": "linux", "architecture": .string(architecture),
        ]
    }

    private var architecture: String {
        #if arch(arm64)
            "arm64"
        #else
            "amd64"
        #endif
    }
}
