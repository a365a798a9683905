package import Containers
package import Kube
package import Linux
package import OCI

/// Everything that decides how a container of a pod starts. `plan` says it in the words of the runtime.
package struct ContainerLaunch: Sendable {
    package var pod: Pod
    package var container: Kube.Container
    package var attempt: Int
    package var image: ImageConfiguration.Execution
    package var environment: ContainerEnvironment
    /// The pod's shared namespaces; nil on the host's network.
    package var namespaces: PinnedNamespaces?
    package var directory: PodDirectory
    /// Where each volume's content is on the host, by the volume's name.
    package var volumes: [String: String]
    package var cgroup: String
    /// Bytes of memory of the machine.
    package var memoryCapacity: Int
    /// The least `oom_score_adj` that this process may give.
    package var leastOutOfMemoryScore: Int

    /// The mounted root file system is at `root`.
    ///
    /// - Throws: `NodeProblem` for a container without a command, a mount of an unknown volume, a forbidden user.
    package func plan(root: String) throws(NodeProblem) -> ContainerPlan {
        if namespaces != nil, container.ports?.contains(where: { ($0.hostPort ?? 0) > 0 }) == true {
            throw .containerConfiguration(
                "container \(container.name): hostPort is not supported yet; use a Service of type NodePort, or hostNetwork"
            )
        }
        var plan = ContainerPlan(root: root, arguments: try arguments())
        plan.environment = environment.lines
        plan.directory = container.workingDir ?? image.workingDir.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        plan.isRootReadOnly = container.securityContext?.readOnlyRootFilesystem ?? false
        try applySecurity(&plan)
        if let namespaces {
            plan.namespaces = ContainerPlan.Namespaces(pod: namespaces)
        } else {
            plan.namespaces.network = .machine
            plan.namespaces.uts = .machine
            plan.namespaces.ipc = .machine
        }
        plan.mounts = try mounts()
        plan.limits = CgroupLimits(container.resources)
        plan.cgroup = cgroup
        plan.oomScore = max(
            leastOutOfMemoryScore,
            QualityOfService(of: pod.spec).outOfMemoryScore(
                memoryRequest: container.resources?.memoryRequest ?? 0, capacity: memoryCapacity))
        for setting in pod.spec.securityContext?.sysctls ?? []
        where namespaces == nil || !setting.name.hasPrefix("net.") {
            plan.kernelSettings[setting.name] = setting.value
        }
        return plan
    }

    /// The image's entry point and command, each replaced by what the container says; its own `command` drops the image's
    /// arguments too.
    private func arguments() throws(NodeProblem) -> [String] {
        let expand: (String) -> String = { text in VariableExpansion.expand(text) { environment[$0] } }
        let entry = container.command.map { $0.map(expand) } ?? image.entrypoint ?? []
        let rest = container.args.map { $0.map(expand) } ?? (container.command == nil ? image.cmd ?? [] : [])
        guard let first = (entry + rest).first, !first.isEmpty else {
            throw .containerConfiguration("container \(container.name): neither the image nor the pod says what to run")
        }
        return entry + rest
    }

    private func applySecurity(_ plan: inout ContainerPlan) throws(NodeProblem) {
        let own = container.securityContext
        let shared = pod.spec.securityContext
        let uid = own?.runAsUser ?? shared?.runAsUser
        let gid = own?.runAsGroup ?? shared?.runAsGroup
        plan.user = uid.map(String.init) ?? image.user ?? ""
        if let gid {
            let user = plan.user.split(separator: ":").first.map(String.init) ?? ""
            plan.user = "\(user.isEmpty ? "0" : user):\(gid)"
        }
        if own?.runAsNonRoot ?? shared?.runAsNonRoot ?? false {
            let user = plan.user.split(separator: ":").first.map(String.init) ?? ""
            guard let number = Int(user) else {
                throw .securityContext(
                    "container \(container.name): runAsNonRoot is set, but the image's user "
                        + (user.isEmpty ? "is root" : "\"\(user)\" is not a number, so it can't be told from root"))
            }
            if number == 0 {
                throw .securityContext("container \(container.name): runAsNonRoot is set, but it would run as root")
            }
        }
        plan.additionalGroups = ((shared?.supplementalGroups ?? []) + [shared?.fsGroup].compactMap(\.self)).map {
            UInt32($0)
        }
        plan.isPrivileged = own?.privileged ?? false
        plan.mayGainPrivileges = own?.allowPrivilegeEscalation ?? true
        plan.addedCapabilities = own?.capabilities?.add ?? []
        plan.droppedCapabilities = own?.capabilities?.drop ?? []
    }

    private func mounts() throws(NodeProblem) -> [RuntimeSpec.Mount] {
        var mounts: [RuntimeSpec.Mount] = []
        let named = Set((container.volumeMounts ?? []).map(\.mountPath))
        func addFile(_ path: String, _ target: String) {
            if !named.contains(target) { mounts.append(.bind(path, to: target)) }
        }
        addFile(directory.hosts, "/etc/hosts")
        addFile(directory.resolver, "/etc/resolv.conf")
        addFile(directory.hostname, "/etc/hostname")
        if !named.contains("/dev/shm") { mounts.append(.bind(directory.sharedMemory, to: "/dev/shm")) }
        let message = container.terminationMessagePath ?? "/dev/termination-log"
        mounts.append(.bind(directory.terminationMessage(container.name, attempt: attempt), to: message))
        for mount in (container.volumeMounts ?? []).sorted(by: { $0.mountPath.utf8.count < $1.mountPath.utf8.count }) {
            guard var source = volumes[mount.name] else {
                throw .containerConfiguration("container \(container.name): there is no volume \"\(mount.name)\"")
            }
            if let subPath = mount.subPath, !subPath.isEmpty {
                guard !subPath.hasPrefix("/"), !subPath.split(separator: "/").contains("..") else {
                    throw .containerConfiguration(
                        "container \(container.name): subPath \"\(subPath)\" leaves its volume")
                }
                source += "/" + subPath
            }
            mounts.append(.bind(source, to: mount.mountPath, readOnly: mount.readOnly ?? false))
        }
        return mounts
    }
}
