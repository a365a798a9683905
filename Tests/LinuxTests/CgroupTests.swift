import Glibc
import Testing

@testable import Linux

struct CgroupTests {
    private func entry(_ path: String, _ type: String, _ options: String) -> Mounts.Entry {
        Mounts.parse(Array("30 23 0:26 / \(path) rw,nosuid shared:4 - \(type) \(type) \(options)\n".utf8))[0]
    }

    @Test func `version 1 with a unified tree beside it is recognised`() {
        let table = [
            entry("/sys/fs/cgroup/cpu,cpuacct", "cgroup", "rw,cpu,cpuacct"),
            entry("/sys/fs/cgroup/memory", "cgroup", "rw,memory"),
            entry("/sys/fs/cgroup/systemd", "cgroup", "rw,xattr,name=systemd"),
            entry("/sys/fs/cgroup/unified", "cgroup2", "rw"),
        ]
        let both = "/sys/fs/cgroup/cpu,cpuacct"
        let layout = Cgroups.Layout.v1(
            controllers: ["cpu": both, "cpuacct": both, "memory": "/sys/fs/cgroup/memory"],
            named: ["/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"])
        #expect(
            Cgroups.detect(table, root: "/sys/fs/cgroup") { _ in true }
                == Cgroups(layout: layout, unifiedBeside: "/sys/fs/cgroup/unified"))
        #expect(Cgroups.detect(table, root: "/sys/fs/cgroup") { _ in false } == Cgroups(layout: layout))
        guard case .none = Cgroups.detect([], root: "/x", hasControllers: { _ in false }).layout else {
            Issue.record("nothing is mounted, so there are no groups")
            return
        }
    }

    @Test func `limits are written in the words of each version`() {
        let limits = CgroupLimits(cpuRequest: 250, cpuLimit: 500, memory: 1 << 20, processes: 10)
        let new = Cgroups(layout: .v2(root: "/c")).group("a").settings(limits).map { "\($0.file)=\($0.value)" }
        #expect(
            new == [
                "/c/estiba/a/cpu.weight=10", "/c/estiba/a/cpu.max=50000 100000", "/c/estiba/a/memory.max=1048576",
                "/c/estiba/a/pids.max=10",
            ])
        let old = Cgroups(layout: .v1(controllers: ["cpu": "/c", "memory": "/m", "pids": "/p"], named: [])).group("a")
            .settings(limits).map { "\($0.file)=\($0.value)" }
        #expect(
            old == [
                "/c/estiba/a/cpu.shares=256", "/c/estiba/a/cpu.cfs_period_us=100000",
                "/c/estiba/a/cpu.cfs_quota_us=50000", "/m/estiba/a/memory.limit_in_bytes=1048576",
                "/p/estiba/a/pids.max=10",
            ])
    }

    @Test(.enabled(if: isRoot, "needs root: control groups"))
    func `a group counts, limits, kills and goes`() async throws {
        let cgroups = Cgroups.detect()
        if case .none = cgroups.layout { return }
        let group = cgroups.group("tests-\(getpid())")
        try group.create(CgroupLimits(cpuRequest: 100, cpuLimit: 2000, memory: 64 << 20, processes: 50))
        var command = Command("sh", ["-c", "sleep 1000 & sleep 1000 & echo ready; wait"])
        command.cgroups = group.processFiles
        command.background = .kept
        let child = try await command.start(output: .pipe)
        _ = try await child.output?.receive()
        #expect(group.processes().count == 3)
        let usage = try #require(group.usage())
        #expect(usage.processes == 3)
        #expect(usage.cpuNanoseconds > 0)
        #expect(usage.workingSet > 0)
        async let status = child.wait()
        try await group.kill()
        #expect(await status == .signalled(SIGKILL))
        try await group.remove()
        #expect(!group.exists)
    }

    @Test(.enabled(if: isRoot, "needs root: control groups"))
    func `a process that wants too much memory is killed and counted`() async throws {
        let cgroups = Cgroups.detect()
        if case .none = cgroups.layout { return }
        let group = cgroups.group("tests-memory-\(getpid())")
        try group.create(CgroupLimits(memory: 16 << 20))
        var command = Command("tail")
        command.cgroups = group.processFiles
        // One line without an end, all of which has to be kept.
        let result = try await command.run(input: [UInt8](repeating: 65, count: 100 << 20))
        #expect(result.status == .signalled(SIGKILL))
        #expect(group.memoryKills >= 1)
        try await group.remove()
    }
}
