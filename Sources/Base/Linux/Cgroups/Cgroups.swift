import CLinux
import Glibc

/// The control groups of this machine: version 2, version 1 (alone or beside version 2), or none that can be used.
package struct Cgroups: Sendable, Equatable {
    package enum Layout: Sendable, Equatable {
        /// One tree at this directory.
        case v2(root: String)
        /// A tree for each controller (cgroups(7) § version 1). Trees without
        /// controllers count too (the init system's, an empty version 2): runtimes make groups in them.
        case v1(controllers: [String: String], named: [String])
        case none(why: String)
    }

    package let layout: Layout
    /// A version 2 tree beside version 1 that has controllers of its own; crun 1.8 refuses such a machine.
    package let unifiedBeside: String?

    package init(layout: Layout, unifiedBeside: String? = nil) {
        self.layout = layout
        self.unifiedBeside = unifiedBeside
    }

    /// Looks at what is mounted at `root`.
    package static func detect(root: String = "/sys/fs/cgroup") -> Cgroups {
        var facts = statfs()
        guard statfs(root, &facts) == 0 else { return Cgroups(layout: .none(why: "\(root) is not there")) }
        if facts.f_type == cgroup2Magic { return Cgroups(layout: .v2(root: root)) }
        guard let table = try? Mounts.list(below: root) else {
            return Cgroups(layout: .none(why: "the table of mounts can't be read"))
        }
        return detect(table, root: root) { path in
            (try? FileSystem.readLine(path + "/cgroup.controllers")).map { !$0.isEmpty } ?? false
        }
    }

    /// Decides from the table of mounts.
    static func detect(_ table: [Mounts.Entry], root: String, hasControllers: (String) -> Bool) -> Cgroups {
        var controllers: [String: String] = [:]
        var named: [String] = []
        for entry in table where entry.type == "cgroup" {
            let options = entry.options.split(separator: ",").map(String.init)
            if options.contains(where: { $0.hasPrefix("name=") }) { named.append(entry.path) }
            for controller in known where options.contains(controller) { controllers[controller] = entry.path }
        }
        named += table.filter { $0.type == "cgroup2" }.map(\.path)
        let unified = table.first { $0.type == "cgroup2" && hasControllers($0.path) }?.path
        if controllers.isEmpty {
            return Cgroups(layout: .none(why: "no control group file system is mounted below \(root)"))
        }
        return Cgroups(layout: .v1(controllers: controllers, named: named), unifiedBeside: unified)
    }

    static let known = [
        "cpu", "cpuacct", "cpuset", "memory", "pids", "devices", "freezer", "blkio", "net_cls", "net_prio",
        "perf_event",
        "hugetlb", "rdma", "misc",
    ]
    private static let cgroup2Magic = 0x6367_7270

    /// The group of a name such as `pods/p1/web`, below Estiba's own. Nothing is made yet.
    package func group(_ name: String) -> Cgroup { Cgroup(cgroups: self, path: "/estiba/" + name) }

    /// The group at a path from the root of the control groups.
    package func group(at path: String) -> Cgroup { Cgroup(cgroups: self, path: path) }

    /// The directories in which a group of this path may exist, one for each tree.
    func directories(_ path: String) -> [String] {
        switch layout {
        case .v2(let root): [root + path]
        case .v1(let controllers, let named):
            Set(controllers.values).sorted().map { $0 + path } + named.map { $0 + path }
        case .none: []
        }
    }
}
