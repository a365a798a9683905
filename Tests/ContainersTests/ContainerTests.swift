import EstibaTesting
import Glibc
import Linux
import Problems
import Testing

@testable import Containers

@Suite(.enabled(if: Bench.isPossible, Bench.needs), .serialized, .timeLimit(.minutes(3)))
struct ContainerTests {
    @Test(arguments: OCIRuntime.Kind.allCases)
    func `exit code and both outputs come back`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let (exit, log) = try await bench.finish("c", "echo out; echo err >&2; printf tail; exit 7")
            #expect(exit.code == 7)
            #expect(!exit.ranOutOfMemory)
            #expect(exit.time > 0)
            #expect(Set(log) == ["stdout F out", "stderr F err", "stdout P tail"])
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `a container outlives who started it and is found again`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let monitor: ProcessIdentity
            do {
                let (container, _) = try await bench.create(
                    "c", "echo ready; while [ ! -e /go ]; do sleep 0.01; done; exit 5")
                try await container.start()
                try await bench.wait(for: "ready", in: container)
                monitor = try #require(container.record.monitor)
            }
            // Nothing ties the monitor to this process: it has another parent and another session.
            let facts = String(decoding: try FileSystem.read("/proc/\(monitor.pid)/stat"), as: UTF8.self)
                .split(separator: " ")
            #expect(Int32(facts[3]) != getpid())
            #expect(Int32(facts[5]) != getsid(0))

            let adopted = try #require(try bench.host.adopt(folder: bench.folder + "/c"))
            #expect(adopted.isRunning)
            #expect(adopted.exit() == nil)
            let root = RootFilesystem(folder: bench.folder + "/c")
            try await root.mount()
            #expect(root.isMounted)
            try FileSystem.writeAtomically([], to: root.path + "/go")
            #expect(try await adopted.ended().code == 5)

            // And once more, when it has ended.
            let later = try #require(try bench.host.adopt(folder: bench.folder + "/c"))
            #expect(!later.isRunning)
            #expect(try await later.ended().code == 5)
            try await later.remove()
            try root.remove()
            #expect(try bench.host.adopt(folder: bench.folder + "/c") == nil)
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `too much memory ends a container and is told`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let (exit, _) = try await bench.finish("c", "exec tail -c 100000000 /dev/zero") {
                $0.limits.memory = 24 << 20
                $0.arguments = ["sh", "-c", "x=$(head -c 60000000 /dev/zero | busybox tr '\\0' x); echo $x | wc -c"]
            }
            #expect(exit.code == 137)
            #expect(exit.ranOutOfMemory)
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `limits are set and usage is counted`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let (container, root) = try await bench.create("c", "echo ready; sleep 1000") {
                $0.limits = CgroupLimits(cpuRequest: 100, cpuLimit: 500, memory: 64 << 20, processes: 20)
            }
            try await container.start()
            try await bench.wait(for: "ready", in: container)
            let usage = try #require(container.usage)
            #expect(usage.cpuNanoseconds > 0 && usage.workingSet > 0 && usage.processes >= 1)
            container.signal(SIGKILL)
            #expect(try await container.ended() == Container.Exit(code: 137, time: container.exit()?.time ?? 0))
            try await container.remove()
            try root.remove()
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `stopping asks first and kills after the grace time`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let script = "trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done"
            let (polite, first) = try await bench.create("polite", script)
            try await polite.start()
            try await bench.wait(for: "ready", in: polite)
            #expect(try await polite.stop(grace: .seconds(60)).code == 3)
            // The first process of a pid namespace ignores what it doesn't handle.
            let (deaf, second) = try await bench.create("deaf", "exec sleep 1000")
            try await deaf.start()
            let exit = try await deaf.stop(grace: .milliseconds(20))
            #expect(exit.code == 137)
            #expect(!exit.ranOutOfMemory)
            try await polite.remove()
            try await deaf.remove()
            try first.remove()
            try second.remove()
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `a program runs inside a container`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let (container, root) = try await bench.create("c", "sleep 1000") {
                $0.user = "app"
                $0.environment = ["A=1"]
            }
            try await container.start()
            var exec = Container.Exec(["sh", "-c", "id; echo $A$B; cat; exit 7"])
            exec.environment = ["B=2"]
            let result = try await container.run(exec, input: Array("in".utf8))
            #expect(result.status == .exited(7))
            #expect(result.text.contains("uid=1000(app) gid=1001(app) groups=1001(app),2000(extra)"))
            #expect(result.text.hasSuffix("12\nin"))
            let error = await #expect(throws: ContainerProblem.self) {
                try await container.run(.init(["sleep", "1000"]), timeout: .milliseconds(300))
            }
            #expect(error?.code == "containers.exec.timed-out")
            let missing = try await container.run(.init(["no-such-program"]))
            #expect(!missing.status.isSuccess)
            container.signal(SIGKILL)
            try await container.remove()
            try root.remove()
            #expect(try FileSystem.list(bench.folder + "/c").allSatisfy { !$0.hasPrefix("exec-") })
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `a program that isn't there is named`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let root = try await bench.root("c")
            var plan = bench.plan("c", root, "")
            plan.arguments = ["/bin/no-such-program"]
            let spec = try bench.host.spec(plan)
            let error = await #expect(throws: ContainerProblem.self) {
                try await bench.host.create("c", folder: bench.folder + "/c", log: bench.folder + "/c/log", spec: spec)
            }
            #expect(error?.code == "containers.create.failed")
            #expect(error?.summary.contains("no-such-program") == true, "\(error?.summary ?? "")")
            try root.remove()
        }
    }

    @Test func `a creation that is cancelled leaves nothing`() async throws {
        try await Bench.with(.crun) { bench in
            let root = try await bench.root("c")
            let spec = try bench.host.spec(bench.plan("c", root, "sleep 1000"))
            let task = Task {
                try await bench.host.create("c", folder: bench.folder + "/c", log: bench.folder + "/c/log", spec: spec)
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(try bench.host.adopt(folder: bench.folder + "/c") == nil)
            #expect(!bench.host.cgroups.group(at: bench.group + "/c").exists)
            try root.remove()
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `an ordinary container can't reach the machine`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let script = """
                for i in $(seq 1 1000); do echo line $i; done; while [ ! -e /go ]; do sleep 0.01; done
                for i in $(seq 1001 3000); do echo line $i; done
                """
            let (container, root) = try await bench.create("c", script)
            try await container.start()
            try await bench.wait(for: "line 100", in: container)
            #expect(try container.rotateLog(largerThan: 10))
            #expect(try !container.rotateLog(largerThan: 1 << 30))
            try FileSystem.writeAtomically([], to: root.path + "/go")
            #expect(try await container.ended().code == 0)
            try await container.remove()
            try root.remove()
            // A record P is a piece of a line that goes on in the next one.
            let text = try (bench.log(container, suffix: ".1") + bench.log(container)).map { record in
                record.dropFirst("stdout F ".count) + (record.hasPrefix("stdout F") ? "\n" : "")
            }.joined()
            #expect(text == (1...3000).map { "line \($0)\n" }.joined())
        }
    }
}
