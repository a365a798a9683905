import EstibaTesting
import Glibc
import Linux
import Problems
import Testing

@testable import Containers

@Suite(.enabled(if: Bench.isPossible, Bench.needs), .serialized, .timeLimit(.minutes(3)))
struct RunToCompletionTests {
    @Test(arguments: OCIRuntime.Kind.allCases)
    func `a step's lines and its exit code come back, and its changes stay`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let root = try await bench.root("r")
            let (lines, send) = AsyncStream.makeStream(of: OutputLine.self)
            let spec = try bench.host.spec(bench.plan("r", root, "echo one; echo two >&2; echo new > /made; exit 4"))
            let status = try await bench.host.runToCompletion("r", folder: bench.folder + "/run", spec: spec) {
                send.yield($0)
            }
            send.finish()
            #expect(status == .exited(4))
            var seen: [OutputLine] = []
            for await line in lines { seen.append(line) }
            #expect(
                seen.contains(OutputLine(.output, "one")) && seen.contains(OutputLine(.error, "two")) && seen.count == 2
            )
            #expect(try FileSystem.readLine(root.changes + "/made") == "new")
            try root.remove()
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `cancelling a step leaves nothing of it`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let root = try await bench.root("r")
            let (started, send) = AsyncStream.makeStream(of: Void.self)
            let spec = try bench.host.spec(bench.plan("r", root, "sleep 1000 & echo ready; sleep 1000"))
            let task = Task {
                try await bench.host.runToCompletion("r", folder: bench.folder + "/run", spec: spec) { _ in send.yield()
                }
            }
            var iterator = started.makeAsyncIterator()
            await iterator.next()
            #expect(!bench.host.cgroups.group(at: bench.group).processes().isEmpty)
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(bench.host.cgroups.group(at: bench.group).processes().isEmpty)
            #expect(!FileSystem.exists(bench.folder + "/run"))
            try root.remove()
        }
    }

    @Test(arguments: OCIRuntime.Kind.allCases)
    func `a step whose program isn't there says so`(kind: OCIRuntime.Kind) async throws {
        try await Bench.with(kind) { bench in
            let root = try await bench.root("r")
            var plan = bench.plan("r", root, "")
            plan.arguments = ["no-such-program"]
            let spec = try bench.host.spec(plan)
            let error = await #expect(throws: ContainerProblem.self) {
                try await bench.host.runToCompletion("r", folder: bench.folder + "/run", spec: spec) { _ in }
            }
            #expect(error?.summary.contains("no-such-program") == true, "\(error?.summary ?? "")")
            try root.remove()
        }
    }

    @Test func `what a killed process left is removed by the next one`() async throws {
        try await Bench.with(.crun) { bench in
            let root = try await bench.root("r")
            let folder = bench.folder + "/run"
            try FileSystem.makeDirectory(folder)
            let spec = try bench.host.spec(bench.plan("r", root, "echo ready; sleep 1000"))
            try FileSystem.writeAtomically(try spec.encoded(), to: folder + "/config.json")
            let command = bench.host.runtime.command(["run", "--bundle", folder, "--pid-file", folder + "/pid", "r"])
            let child = try await command.start(output: .pipe)
            _ = try await child.output?.receive()
            child.killGroup(SIGKILL)
            _ = await child.wait()
            #expect(!bench.host.cgroups.group(at: bench.group).processes().isEmpty)
            try await bench.host.removeLeftovers(except: ["other"])
            #expect(bench.host.cgroups.group(at: bench.group).processes().isEmpty)
            #expect(!bench.host.cgroups.group(at: bench.group + "/r").exists)
            try root.remove()
        }
    }
}
