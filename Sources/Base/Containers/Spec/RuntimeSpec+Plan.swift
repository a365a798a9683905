import Linux

extension RuntimeSpec {
    /// The configuration for a plan on a machine. Pure: the image's files are read beforehand, by `UserLookup`.
    package init(_ plan: ContainerPlan, user: UserLookup.Found, on machine: MachineFacts) {
        let capabilities = Capability.set(
            adding: plan.addedCapabilities, dropping: plan.droppedCapabilities, isPrivileged: plan.isPrivileged,
            available: machine.capabilities)
        // Nobody but root holds capabilities by default; what a plan adds for another user is made ambient, so that it has effect.
        let isRoot = user.uid == 0
        let names = plan.addedCapabilities.map { $0.hasPrefix("CAP_") ? $0 : "CAP_" + $0 }
        let held = isRoot ? capabilities : capabilities.filter(names.contains)
        let ambient = isRoot ? nil : held
        // With the first group among them: else a program that changes its group would lose what that one forbids it.
        let groups = [user.gid] + Set(user.groups + plan.additionalGroups).subtracting([user.gid]).sorted()
        process = Process(
            user: User(uid: user.uid, gid: user.gid, additionalGids: groups),
            args: plan.arguments, env: RuntimeSpec.environment(plan.environment, home: user.home),
            cwd: plan.directory.isEmpty ? "/" : plan.directory,
            capabilities: Capabilities(
                bounding: capabilities, effective: held, permitted: held, inheritable: ambient, ambient: ambient),
            rlimits: RuntimeSpec.clamped(plan.fileLimits, machine), noNewPrivileges: !plan.mayGainPrivileges,
            oomScoreAdj: plan.oomScore)
        root = Root(path: plan.root, readonly: plan.isRootReadOnly)
        // A joined namespace brings its own name.
        hostname = plan.namespaces.uts == .own ? plan.hostname : nil
        mounts = RuntimeSpec.mounts(plan)
        annotations = plan.annotations.isEmpty ? nil : plan.annotations
        let filter =
            plan.systemCalls == .all || plan.isPrivileged
            ? nil : SystemCallFilter.filter(capabilities: capabilities, isARM: machine.isARM)
        linux = Linux(
            namespaces: RuntimeSpec.namespaces(plan.namespaces),
            cgroupsPath: machine.hasCgroups ? plan.cgroup : nil,
            resources: machine.hasCgroups ? RuntimeSpec.resources(plan, machine) : nil, seccomp: filter,
            maskedPaths: plan.isPrivileged ? [] : RuntimeSpec.masked,
            readonlyPaths: plan.isPrivileged ? [] : RuntimeSpec.readOnly,
            sysctl: plan.kernelSettings.isEmpty ? nil : plan.kernelSettings)
    }

    private static let masked = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats",
        "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap",
        "/sys/firmware",
    ]
    private static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    static func environment(_ given: [String], home: String) -> [String] {
        func has(_ name: String) -> Bool { given.contains { $0.hasPrefix(name + "=") } }
        var environment = given
        if !has("PATH") {
            environment.append("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        }
        if !has("HOME") { environment.append("HOME=" + home) }
        return environment
    }

    /// Limits that are allowed here: above the hard limit of this process the runtime would fail.
    static func clamped(_ asked: [Limit], _ machine: MachineFacts) -> [Limit] {
        let types = Set(asked.map(\.type))
        let usual = [Limit("RLIMIT_NOFILE", soft: 1_048_576, hard: 1_048_576)].filter { !types.contains($0.type) }
        return (asked + usual).map { limit in
            let most =
                switch limit.type {
                case "RLIMIT_NOFILE": machine.openFiles
                case "RLIMIT_NPROC": machine.processes
                default: UInt64.max
                }
            return Limit(limit.type, soft: min(limit.soft, limit.hard, most), hard: min(limit.hard, most))
        }
    }

    static func mounts(_ plan: ContainerPlan) -> [Mount] {
        let devices = ["nosuid", "strictatime", "mode=755", "size=65536k"]
        let usual = [
            Mount("/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"]),
            Mount("/dev", type: "tmpfs", source: "tmpfs", options: devices),
            Mount(
                "/dev/pts", type: "devpts", source: "devpts",
                options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
            Mount(
                "/dev/shm", type: "tmpfs", source: "shm",
                options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]),
            Mount("/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"]),
            Mount(
                "/sys", type: "sysfs", source: "sysfs",
                options: ["nosuid", "noexec", "nodev", plan.isPrivileged ? "rw" : "ro"]),
            Mount(
                "/sys/fs/cgroup", type: "cgroup", source: "cgroup",
                options: ["nosuid", "noexec", "nodev", "relatime", "ro"]),
        ]
        let replaced = Set(plan.mounts.map(\.destination))
        // Outer directories first, whatever the order in which they were asked for.
        return usual.filter { !replaced.contains($0.destination) }
            + plan.mounts.enumerated().sorted {
                let left = $0.element.destination.split(separator: "/").count
                let right = $1.element.destination.split(separator: "/").count
                return (left, $0.offset) < (right, $1.offset)
            }.map(\.element)
    }

    static func namespaces(_ choices: ContainerPlan.Namespaces) -> [Namespace] {
        func namespace(_ type: String, _ choice: ContainerPlan.Namespaces.Choice) -> Namespace? {
            switch choice {
            case .own: Namespace(type)
            case .machine: nil
            case .joined(let path): Namespace(type, path: path)
            }
        }
        return [
            namespace("pid", choices.processes), Namespace("mount"), Namespace("cgroup"),
            namespace("network", choices.network), namespace("ipc", choices.ipc), namespace("uts", choices.uts),
        ].compactMap { $0 }
    }

    static func resources(_ plan: ContainerPlan, _ machine: MachineFacts) -> Resources {
        let limits = plan.limits
        var resources = Resources()
        resources.devices = [.init(allow: plan.isPrivileged, access: "rwm")]
        resources.memory = limits.memory.map { .init(limit: $0) }
        resources.pids = limits.processes.map { .init(limit: $0) }
        if limits.shares != nil || limits.quota != nil {
            resources.cpu = .init(
                shares: limits.shares, quota: limits.quota, period: limits.quota.map { _ in 100_000 })
        }
        // A container that lost one of its processes is seldom well: it ends whole.
        if machine.usesCgroup2, limits.memory != nil { resources.unified = ["memory.oom.group": "1"] }
        return resources
    }
}
