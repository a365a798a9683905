import Linux
import Testing

@testable import Containers

struct SpecTests {
    private let machine = MachineFacts(
        openFiles: 20_000, processes: 1000, capabilities: (1 << 41) - 1, usesCgroup2: false)

    private func spec(_ change: (inout ContainerPlan) -> Void = { _ in }, user: UserLookup.Found = .init())
        -> RuntimeSpec
    {
        var plan = ContainerPlan(root: "/root", arguments: ["a"])
        change(&plan)
        return RuntimeSpec(plan, user: user, on: machine)
    }

    @Test(arguments: [
        ("", UserLookup.Found(uid: 0, gid: 0, groups: [], home: "/root")),
        ("app", UserLookup.Found(uid: 1000, gid: 1001, groups: [2000], home: "/home/app")),
        ("1000", UserLookup.Found(uid: 1000, gid: 1001, groups: [2000], home: "/home/app")),
        ("app:extra", UserLookup.Found(uid: 1000, gid: 2000, groups: [], home: "/home/app")),
        ("app:7", UserLookup.Found(uid: 1000, gid: 7, groups: [], home: "/home/app")),
        ("4711", UserLookup.Found(uid: 4711, gid: 0, groups: [], home: "/")),
        ("4711:4712", UserLookup.Found(uid: 4711, gid: 4712, groups: [], home: "/")),
    ])
    func `users are found as an image names them`(text: String, expected: UserLookup.Found) throws {
        let lookup = UserLookup(
            passwd: "# comment\nroot:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n",
            group: "root:x:0:\napp:x:1001:\nextra:x:2000:other,app\n")
        #expect(try lookup.find(text) == expected)
    }

    @Test func `an unknown user or group is a problem, and an image without users has root`() throws {
        let empty = UserLookup(passwd: "", group: "")
        #expect(try empty.find("") == UserLookup.Found(uid: 0, gid: 0, groups: [], home: "/root"))
        #expect(throws: ContainerProblem.self) { try empty.find("app") }
        #expect(throws: ContainerProblem.self) { try empty.find("0:app") }
    }

    @Test func `limits above what this process has are lowered`() {
        #expect(spec().process.rlimits == [.init("RLIMIT_NOFILE", soft: 20_000, hard: 20_000)])
        let asked = spec {
            $0.fileLimits = [.init("RLIMIT_NOFILE", soft: 100, hard: 1 << 30), .init("RLIMIT_CORE", soft: 0, hard: 0)]
        }
        #expect(
            asked.process.rlimits == [
                .init("RLIMIT_NOFILE", soft: 100, hard: 20_000), .init("RLIMIT_CORE", soft: 0, hard: 0),
            ])
    }

    @Test func `capabilities are added, dropped, and never more than there are`() {
        #expect(spec().process.capabilities?.bounding.count == 14)
        #expect(spec { $0.droppedCapabilities = ["ALL"] }.process.capabilities?.bounding == [])
        let one = spec {
            $0.droppedCapabilities = ["all"]
            $0.addedCapabilities = ["NET_BIND_SERVICE"]
        }
        #expect(one.process.capabilities?.effective == ["CAP_NET_BIND_SERVICE"])
        #expect(spec { $0.isPrivileged = true }.process.capabilities?.bounding.count == 41)
        var poor = machine
        poor.capabilities = 1
        let plan = ContainerPlan(root: "/", arguments: ["a"])
        #expect(RuntimeSpec(plan, user: .init(), on: poor).process.capabilities?.bounding == ["CAP_CHOWN"])
    }

    @Test func `a user who isn't root holds only what was added, as ambient`() {
        let user = UserLookup.Found(uid: 1000, gid: 1000, groups: [], home: "/")
        #expect(spec(user: user).process.capabilities?.effective == [])
        let added = spec({ $0.addedCapabilities = ["NET_BIND_SERVICE"] }, user: user)
        #expect(added.process.capabilities?.ambient == ["CAP_NET_BIND_SERVICE"])
    }

    @Test func `a mount takes the place of a usual one, and outer ones come first`() {
        let mounts = spec {
            $0.mounts = [.bind("/b", to: "/data/inner"), .bind("/a", to: "/data"), .bind("/s", to: "/dev/shm")]
        }.mounts.map(\.destination)
        #expect(mounts.filter { $0 == "/dev/shm" }.count == 1)
        #expect(
            mounts.suffix(3) == ["/data", "/data/inner", "/dev/shm"]
                || mounts.suffix(3) == ["/data", "/dev/shm", "/data/inner"]
                || mounts.suffix(1) == ["/dev/shm"])
        #expect(mounts.firstIndex(of: "/data") ?? 99 < mounts.firstIndex(of: "/data/inner") ?? 0)
    }

    @Test func `joined namespaces bring their own name`() {
        let pod = spec {
            $0.hostname = "x"
            $0.namespaces = .init(pod: PinnedNamespaces(directory: "/ns"))
        }
        #expect(pod.hostname == nil)
        #expect(pod.linux.namespaces.contains(.init("network", path: "/ns/net")))
        let machine = spec { $0.namespaces.network = .machine }
        #expect(!machine.linux.namespaces.contains { $0.type == "network" })
    }

    @Test func `the environment has a path and a home`() {
        #expect(RuntimeSpec.environment(["PATH=/x"], home: "/h") == ["PATH=/x", "HOME=/h"])
        #expect(RuntimeSpec.environment(["HOME=/y"], home: "/h").count == 2)
    }

    @Test func `the filter refuses administration, but not to those who may administer`() throws {
        let filter = try #require(spec().linux.seccomp)
        #expect(filter.syscalls[0].names.contains("mount"))
        #expect(filter.architectures == ["SCMP_ARCH_X86_64"])
        let administrator = try #require(spec { $0.addedCapabilities = ["SYS_ADMIN"] }.linux.seccomp)
        #expect(!administrator.syscalls[0].names.contains("mount"))
        #expect(administrator.syscalls.count == 1)
        #expect(spec { $0.isPrivileged = true }.linux.seccomp == nil)
    }

    @Test func `resources are those of the limits`() {
        let resources = spec {
            $0.limits = CgroupLimits(cpuRequest: 500, cpuLimit: 250, memory: 1 << 20, processes: 9)
        }.linux.resources
        #expect(resources?.cpu == .init(shares: 512, quota: 25_000, period: 100_000))
        #expect(resources?.memory?.limit == 1 << 20)
        #expect(resources?.pids?.limit == 9)
        #expect(resources?.unified == nil)
    }

    @Test(arguments: [
        (#"time="2026-11-01T10:00:00Z" level=error msg="exec: \"x\": not found""#, #"exec: "x": not found"#),
        ("[conmon:e]: cannot open", "cannot open"),
        ("2026-11-01T10:00:00.123456Z: executable file `x` not found", "executable file `x` not found"),
        ("plain", "plain"),
    ])
    func `what a runtime says is stripped of its ornaments`(line: String, expected: String) {
        #expect(RuntimeWords.clean(Array(line.utf8)) == expected)
    }

    @Test func `crun gets its own view only where both versions have controllers`() {
        let both = Cgroups(layout: .v1(controllers: ["cpu": "/c"], named: []), unifiedBeside: "/u")
        let one = Cgroups(layout: .v2(root: "/c"))
        #expect(OCIRuntime.mounts(for: .crun, both)?.hidden.first?.path == "/u")
        #expect(OCIRuntime.mounts(for: .runc, both) == nil)
        #expect(OCIRuntime.mounts(for: .crun, one) == nil)
    }
}
