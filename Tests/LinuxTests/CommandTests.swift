import Glibc
import Problems
import Testing

@testable import Linux

struct CommandTests {
    @Test func `the output, the error output and the status come back`() async throws {
        let result = try await Command("sh", ["-c", "echo out; echo err >&2; exit 7"]).run()
        #expect(result.text == "out\n")
        #expect(result.errorText == "err\n")
        #expect(result.status == .exited(7))
        #expect(throws: CommandProblem.self) { try result.checked() }
    }

    @Test func `a program that reads its input gets all of it`() async throws {
        let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 1_000_000)
        let result = try await Command("cat").run(input: bytes)
        #expect(result.output == bytes)
    }

    @Test func `a program that ignores its input is no problem`() async throws {
        let result = try await Command("true").run(input: [UInt8](repeating: 0, count: 1_000_000))
        #expect(result.status.isSuccess)
    }

    @Test func `output beyond the limit is read but not kept`() async throws {
        let result = try await Command("head", ["-c", "300000", "/dev/zero"]).run(outputLimit: 1000)
        #expect(result.output.count == 1000)
        #expect(result.isCut)
        #expect(result.status.isSuccess)
    }

    @Test func `a missing program is named with the path that was searched`() async throws {
        let error = await #expect(throws: CommandProblem.self) { try await Command("no-such-program-here").run() }
        #expect(error?.code == "linux.command.not-found")
        #expect(error?.remedy?.contains("no-such-program-here") == true)
    }

    @Test func `a missing directory is told apart from a missing program`() async throws {
        let error = await #expect(throws: CommandProblem.self) {
            try await Command("true", directory: "/no/such/directory").run()
        }
        #expect(error?.oneLine.contains("/no/such/directory") == true)
    }

    @Test func `a file that is not a program is refused by exec`() async throws {
        let error = await #expect(throws: CommandProblem.self) { try await Command("/etc/hostname").run() }
        #expect(error?.code == "linux.command.not-started")
    }

    @Test func `environment, directory and name are those that were asked for`() async throws {
        var command = Command("sh", ["-c", "echo $0 $PWD $A"], environment: .exactly(["A": "b c"]), directory: "/usr")
        command.name = "shell"
        let result = try await command.run()
        #expect(result.text == "sh /usr b c\n" || result.text == "shell /usr b c\n")
    }

    @Test func `descriptors of this process are not inherited`() async throws {
        let file = try OpenFile.open("/dev/null", O_RDONLY)
        _ = fcntl(file.descriptor, F_SETFD, 0)
        let result = try await Command("ls", ["/proc/self/fd"]).run()
        // 0, 1, 2 and the one of the listing itself.
        #expect(result.text.split(separator: "\n").count == 4)
        withExtendedLifetime(file) {}
    }

    @Test func `signals that this process ignores are back to normal in the child`() async throws {
        let result = try await Command("grep", ["SigIgn", "/proc/self/status"]).run()
        let mask = try #require(UInt64(result.text.trimmed.suffix(16), radix: 16))
        // Those from 32 on belong to the C library's threads.
        #expect(mask & 0x7FFF_FFFF == 0)
    }

    @Test func `processes left in the background end with the program`() async throws {
        let result = try await Command("sh", ["-c", "sleep 1000 & echo $!"]).run()
        let pid = try #require(Int32(result.text.dropLast()))
        try await waitUntilGone(pid)
    }

    @Test func `cancelling kills the whole group`() async throws {
        let (pids, send) = AsyncStream.makeStream(of: Int32.self)
        let task = Task {
            try await Command("sh", ["-c", "sleep 1000 & echo $!; wait"]).run { line in
                if let pid = Int32(line.text) { send.yield(pid) }
            }
        }
        var iterator = pids.makeAsyncIterator()
        let pid = try #require(await iterator.next())
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        try await waitUntilGone(pid)
    }

    @Test func `a time limit kills the program and says so`() async throws {
        let error = await #expect(throws: CommandProblem.self) {
            try await Command("sleep", ["1000"]).run(timeout: .milliseconds(20))
        }
        #expect(error?.code == "linux.command.timed-out")
    }

    @Test func `stopping asks first and kills after the grace time`() async throws {
        let polite = try await Command("sleep", ["1000"]).start()
        #expect(await polite.stop(grace: .seconds(60)) == .signalled(SIGTERM))
        let stubborn = try await Command("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"])
            .start(output: .pipe)
        _ = try await stubborn.output?.receive()
        #expect(await stubborn.stop(grace: .milliseconds(10)) == .signalled(SIGKILL))
    }

    @Test func `lines of both outputs are told apart`() async throws {
        let seen = Collected()
        let status = try await Command("sh", ["-c", "printf 'a\\nb'; printf 'c\\n' >&2"]).run { await seen.add($0) }
        #expect(status.isSuccess)
        let lines = await seen.lines
        #expect(lines.filter { $0.source == .output }.map(\.text) == ["a", "b"])
        #expect(lines.filter { $0.source == .error }.map(\.text) == ["c"])
        #expect(lines.first { $0.text == "b" }?.isComplete == false)
    }

    @Test func `the writer waits while the reader is busy`() async throws {
        let child = try await Command("head", ["-c", "10000000", "/dev/zero"]).start(output: .pipe)
        var iterator = child.outputChunks.makeAsyncIterator()
        let first = try #require(try await iterator.next())
        // Nobody reads: the program can't have ended, since a pipe holds far less.
        #expect(child.status == nil)
        var total = first.count
        while let chunk = try await iterator.next() { total += chunk.count }
        #expect(total == 10_000_000)
        #expect(await child.wait() == .exited(0))
    }

    @Test func `hundreds of processes at once, again and again, all end with their own status`() async throws {
        for _ in 0..<5 {
            try await withThrowingTaskGroup(of: (Int32, Command.Output).self) { group in
                for number in 0..<300 as Range<Int32> {
                    group.addTask {
                        (number, try await Command("sh", ["-c", "echo \(number); exit \(number % 100)"]).run())
                    }
                }
                for try await (number, result) in group {
                    #expect(result.status == .exited(number % 100))
                    #expect(result.text == "\(number)\n")
                }
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root: changes the user"))
    func `a program runs as another user`() async throws {
        var command = Command("id", [])
        command.user = .init(uid: 12345, gid: 23456, groups: [34567])
        let text = try await command.run().checked().text
        #expect(text.contains("uid=12345") && text.contains("gid=23456") && text.contains("34567"))
    }

    @Test(.enabled(if: geteuid() == 0, "needs root: mounts"))
    func `a hidden directory looks empty to the program and only to it`() async throws {
        var command = Command("sh", ["-c", "ls -A /usr/bin | wc -l"])
        command.executable = "/bin/sh"
        command.mounts = .init(hiding: [("/usr/share", "size=1m")])
        command.arguments = ["-c", "ls -A /usr/share | wc -l"]
        #expect(try await command.run().checked().text.trimmed == "0")
        command.mounts = nil
        #expect(try await command.run().checked().text.trimmed != "0")
    }

    @Test func `a process is recognised by its start time`() async throws {
        let child = try await Command("sleep", ["1000"]).start()
        let identity = try #require(ProcessIdentity.of(child.pid))
        let handle = try #require(identity.open())
        #expect(!handle.hasEnded)
        let other = ProcessIdentity(pid: identity.pid, startTime: identity.startTime + 1, boot: identity.boot)
        #expect(other.open() == nil)
        try handle.signal(SIGKILL)
        try await handle.ended()
        #expect(await child.wait() == .signalled(SIGKILL))
        #expect(identity.open() == nil)
    }

    @Test func `the start time is found behind a name with parentheses`() {
        let text = "12 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20"
        #expect(ProcessIdentity.startTime(inStat: text) == 4711)
    }
}

private actor Collected {
    var lines: [OutputLine] = []
    func add(_ line: OutputLine) { lines.append(line) }
}

extension String {
    fileprivate var trimmed: String { filter { !$0.isWhitespace } }
}

/// Waits for the end of a process that is not a child.
private func waitUntilGone(_ pid: Int32) async throws {
    try await ProcessIdentity.of(pid)?.open()?.ended()
}
