import Glibc

extension Cgroup {
    /// The numbers of all processes in the group and the groups inside it.
    package func processes() -> [Int32] {
        var found: Set<Int32> = []
        for directory in cgroups.directories(path) { Cgroup.collect(directory, &found) }
        return found.sorted()
    }

    private static func collect(_ directory: String, _ found: inout Set<Int32>) {
        guard let entries = try? FileSystem.entries(directory) else { return }
        if let text = try? FileSystem.readLine(directory + "/cgroup.procs") {
            found.formUnion(text.split(separator: "\n").compactMap { Int32($0) }.filter { $0 > 0 })
        }
        for entry in entries where entry.isDirectory { collect(directory + "/" + entry.name, &found) }
    }

    /// Kills every process in the group, and those that they start meanwhile, and waits for their end.
    package func kill() async throws {
        if case .v2(let root) = cgroups.layout { try? FileSystem.poke(root + path + "/cgroup.kill", "1") }
        // A process that forks faster than it is found is met again in the next round.
        for _ in 0..<100 {
            let handles = processes().compactMap { ProcessIdentity.of($0)?.open() }
            if handles.isEmpty { return }
            for handle in handles { try? handle.signal(SIGKILL) }
            for handle in handles { try await handle.ended() }
        }
        throw SystemProblem("kill", path, number: EBUSY)
    }

    /// Removes the group with the groups inside it from every tree. There must be no process left in it.
    package func remove(clock: some Clock<Duration> = ContinuousClock()) async throws {
        var pause = Duration.milliseconds(1)
        while true {
            do throws(SystemProblem) {
                for directory in cgroups.directories(path) { try Cgroup.removeDirectory(directory) }
                return
            } catch {
                // The kernel lets go of a group shortly after its last process has ended.
                guard error.number == EBUSY, pause < .milliseconds(600) else { throw error }
            }
            try await clock.sleep(for: pause)
            pause *= 2
        }
    }

    private static func removeDirectory(_ directory: String) throws(SystemProblem) {
        if rmdir(directory) == 0 || errno == ENOENT { return }
        let number = errno
        let inner = (try? FileSystem.entries(directory).filter(\.isDirectory)) ?? []
        if inner.isEmpty { throw SystemProblem("rmdir", directory, number: number) }
        for entry in inner { try removeDirectory(directory + "/" + entry.name) }
        try check("rmdir", directory) { rmdir(directory) }
    }
}
