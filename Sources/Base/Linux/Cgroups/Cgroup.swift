import Glibc

/// One control group: a set of processes with limits and counters.
package struct Cgroup: Sendable, Equatable {
    package let cgroups: Cgroups
    /// From the root of each tree, such as `/estiba/pods/p1`. Runtimes take it as `cgroupsPath`.
    package let path: String

    private static let used = ["cpu", "cpuacct", "memory", "pids"]

    /// Makes the group, or takes it as it is, and sets its limits. Does nothing where there are no control groups.
    package func create(_ limits: CgroupLimits = CgroupLimits()) throws(SystemProblem) {
        switch cgroups.layout {
        case .v2(let root):
            var current = root
            for name in path.split(separator: "/") {
                // One at a time, since one that is missing would refuse them all.
                for controller in ["cpu", "memory", "pids"] {
                    try? FileSystem.poke(current + "/cgroup.subtree_control", "+\(controller)")
                }
                current += "/\(name)"
                try FileSystem.makeDirectory(current)
            }
        case .v1(let controllers, _):
            for controller in Cgroup.used {
                if let root = controllers[controller] { try FileSystem.makeDirectory(root + path) }
            }
        case .none: return
        }
        try set(limits)
    }

    /// Changes the limits that are given.
    package func set(_ limits: CgroupLimits) throws(SystemProblem) {
        for (file, value) in settings(limits) { try FileSystem.poke(file, value) }
    }

    /// The files to write and what to write into them.
    func settings(_ limits: CgroupLimits) -> [(file: String, value: String)] {
        var settings: [(file: String, value: String)] = []
        switch cgroups.layout {
        case .v2(let root):
            let directory = root + path
            if let weight = limits.weight { settings.append((directory + "/cpu.weight", "\(weight)")) }
            if let quota = limits.quota { settings.append((directory + "/cpu.max", "\(quota) \(CgroupLimits.period)")) }
            if let memory = limits.memory { settings.append((directory + "/memory.max", "\(memory)")) }
            if let processes = limits.processes { settings.append((directory + "/pids.max", "\(processes)")) }
        case .v1(let controllers, _):
            if let cpu = controllers["cpu"] {
                if let shares = limits.shares { settings.append((cpu + path + "/cpu.shares", "\(shares)")) }
                if let quota = limits.quota {
                    settings.append((cpu + path + "/cpu.cfs_period_us", "\(CgroupLimits.period)"))
                    settings.append((cpu + path + "/cpu.cfs_quota_us", "\(quota)"))
                }
            }
            if let memory = limits.memory, let root = controllers["memory"] {
                settings.append((root + path + "/memory.limit_in_bytes", "\(memory)"))
            }
            if let processes = limits.processes, let root = controllers["pids"] {
                settings.append((root + path + "/pids.max", "\(processes)"))
            }
        case .none: break
        }
        return settings
    }

    /// The files a process writes itself into to join; for `Command.cgroups`.
    package var processFiles: [String] {
        switch cgroups.layout {
        case .v2(let root): [root + path + "/cgroup.procs"]
        case .v1(let controllers, _): Cgroup.used.compactMap { controllers[$0].map { $0 + path + "/cgroup.procs" } }
        case .none: []
        }
    }

    /// Whether the group is there.
    package var exists: Bool { cgroups.directories(path).contains(where: FileSystem.exists) }

    /// What the group uses; nil when it is not there or the machine has no control groups.
    package func usage() -> CgroupUsage? {
        switch cgroups.layout {
        case .v2(let root):
            let directory = root + path
            guard let cpu = Cgroup.table(directory + "/cpu.stat")["usage_usec"] else { return nil }
            let inactive = Cgroup.table(directory + "/memory.stat")["inactive_file"] ?? 0
            return CgroupUsage(
                cpuNanoseconds: UInt64(cpu) * 1000,
                workingSet: max(0, (Cgroup.number(directory + "/memory.current") ?? 0) - inactive),
                processes: Cgroup.number(directory + "/pids.current") ?? 0, memoryKills: memoryKills)
        case .v1(let controllers, _):
            guard let cpu = controllers["cpuacct"].flatMap({ Cgroup.number($0 + path + "/cpuacct.usage") }) else {
                return nil
            }
            let memory = controllers["memory"].map { $0 + path } ?? ""
            let inactive = Cgroup.table(memory + "/memory.stat")["total_inactive_file"] ?? 0
            return CgroupUsage(
                cpuNanoseconds: UInt64(cpu),
                workingSet: max(0, (Cgroup.number(memory + "/memory.usage_in_bytes") ?? 0) - inactive),
                processes: controllers["pids"].flatMap { Cgroup.number($0 + path + "/pids.current") } ?? 0,
                memoryKills: memoryKills)
        case .none: return nil
        }
    }

    /// How many processes of the group were killed for want of memory, as long as the group is there.
    package var memoryKills: Int64 {
        switch cgroups.layout {
        case .v2(let root): Cgroup.table(root + path + "/memory.events")["oom_kill"] ?? 0
        case .v1(let controllers, _):
            controllers["memory"].flatMap { Cgroup.table($0 + path + "/memory.oom_control")["oom_kill"] } ?? 0
        case .none: 0
        }
    }

    /// Lines of `name number`.
    private static func table(_ path: String) -> [String: Int64] {
        guard let bytes = try? FileSystem.read(path, limit: 1 << 20) else { return [:] }
        var table: [String: Int64] = [:]
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count == 2, let value = Int64(fields[1]) { table[String(fields[0])] = value }
        }
        return table
    }

    private static func number(_ path: String) -> Int64? {
        (try? FileSystem.readLine(path)).flatMap { Int64($0) }
    }
}
