import Glibc

extension MachineProbe {
    /// Makes a group and sets one limit of each kind.
    func controlGroups() async -> [MachineFinding] {
        let cgroups = Cgroups.detect()
        let layout: MachineFinding
        switch cgroups.layout {
        case .v2(let root): layout = MachineFinding("control groups", .ok, "version 2 at \(root)")
        case .v1:
            layout = MachineFinding(
                "control groups", .ok,
                cgroups.unifiedBeside == nil ? "version 1" : "version 1, with version 2 beside it")
        case .none(let why):
            return [
                MachineFinding(
                    "control groups", .missing, why,
                    remedy:
                        "Mount them (mount -t cgroup2 none /sys/fs/cgroup): without them nothing is limited or measured."
                )
            ]
        }
        let limits: [(String, CgroupLimits)] = [
            ("cpu limits", CgroupLimits(cpuRequest: 100, cpuLimit: 1000)),
            ("memory limits", CgroupLimits(memory: 64 << 20)), ("process limits", CgroupLimits(processes: 100)),
        ]
        let group = cgroups.group("probe-\(getpid())-\(UInt32.random(in: .min ... .max))")
        var findings = [layout]
        for (name, limit) in limits {
            do throws(SystemProblem) {
                try group.create(limit)
                findings.append(
                    group.settings(limit).isEmpty
                        ? MachineFinding(
                            name, .degraded, "the kernel has no such controller here",
                            remedy:
                                "Boot a kernel with it (cgroup_enable=memory on some boards); until then nothing is limited."
                        )
                        : MachineFinding(name, .ok, "can be set"))
            } catch {
                findings.append(
                    MachineFinding(
                        name, .degraded, error.summary,
                        remedy: "Run it as root where the control groups are writable; until then nothing is limited."))
            }
        }
        try? await group.remove()
        return findings
    }
}
