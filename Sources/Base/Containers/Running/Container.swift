import Glibc
package import Linux

/// A container that was created, whether by this process or by an earlier one.
package struct Container: Sendable {
    package let host: ContainerHost
    /// Holds everything about it: `container.json`, `bundle/`, `exit/`, `monitor.log`.
    package let folder: String
    package let record: ContainerRecord

    package var id: String { record.id }
    /// The number of its first process, as this machine sees it.
    package var pid: Int32 { record.process.pid }

    /// How it ended.
    package struct Exit: Sendable, Equatable {
        /// The exit code, or 128 + the signal. -1: the monitor was lost, and with it the code.
        package var code: Int32
        /// It was killed for want of memory.
        package var ranOutOfMemory: Bool
        /// Seconds since 1970.
        package var time: Int64

        package init(code: Int32, ranOutOfMemory: Bool = false, time: Int64 = 0) {
            self.code = code
            self.ranOutOfMemory = ranOutOfMemory
            self.time = time
        }

        package var isKnown: Bool { code >= 0 }
    }

    /// Its control group, if the machine has any.
    package var cgroup: Cgroup? { record.cgroup.map { host.cgroups.group(at: $0) } }

    /// What it uses now; nil when it is gone.
    package var usage: CgroupUsage? { cgroup?.usage() }

    /// Lets its program begin.
    package func start() async throws { try await host.runtime.start(id) }

    /// Whether its first process is there (running, or created and waiting to be started).
    package var isRunning: Bool { record.process.open().map { !$0.hasEnded } ?? false }

    /// How it ended, if it has and its monitor has told.
    package func exit() -> Exit? {
        let path = "\(folder)/exit/\(id)"
        guard let text = try? FileSystem.readLine(path), let code = Int32(text) else { return nil }
        var facts = stat()
        let time = stat(path, &facts) == 0 ? Int64(facts.st_mtim.tv_sec) : 0
        return Exit(code: code, ranOutOfMemory: code == 137 && hasRunOutOfMemory, time: time)
    }

    /// A process below the first one may have been killed too; with the first one's end by SIGKILL it says why.
    private var hasRunOutOfMemory: Bool {
        FileSystem.exists(folder + "/oom") || FileSystem.exists(folder + "/persist/oom")
            || (cgroup?.memoryKills ?? 0) > 0
    }

    /// Waits for its end: of the process by its pidfd, then of the monitor, which writes the code down before it ends.
    package func ended() async throws -> Exit {
        if let process = record.process.open() { try await process.ended() }
        if let exit = exit() { return exit }
        if let monitor = record.monitor?.open() {
            let watch = try FileWatch([folder + "/exit"])
            // Between the look and the watch it may have been written.
            if let exit = exit() { return exit }
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await monitor.ended() }
                // The file is written under another name first.
                group.addTask {
                    for try await change in watch where change.name == id || change.kind == .overflow { return }
                }
                defer { group.cancelAll() }
                while try await group.next() != nil {
                    if let exit = self.exit() { return exit }
                    if monitor.hasEnded { break }
                }
                return self.exit() ?? Exit(code: -1)
            }
        }
        return exit() ?? Exit(code: -1)
    }

    /// Sends a signal to its first process. Nothing happens when that has ended.
    package func signal(_ number: Int32) {
        // Directly, by pidfd: a runtime would take a hundred times as long.
        try? record.process.open()?.signal(number)
    }

    /// Asks it to end by `signal`, kills it after `grace`, and returns how it ended.
    package func stop(
        signal number: Int32 = SIGTERM, grace: Duration, clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> Exit {
        signal(number)
        return try await withThrowingTaskGroup(of: Exit?.self) { group in
            group.addTask { try await ended() }
            group.addTask {
                try await clock.sleep(for: grace)
                signal(SIGKILL)
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let exit = result { return exit }
            }
            return try await ended()
        }
    }

    /// Removes it with everything the runtime and the kernel hold for it: processes, control groups, the runtime's notes. Its folder
    /// stays, for whoever wants to read the log; its root file system belongs to whoever mounted it.
    package func remove() async throws {
        if isRunning { signal(SIGKILL) }
        _ = try await ended()
        try await host.runtime.delete(id)
        if let cgroup {
            // Runtimes leave groups behind in trees that they don't manage.
            try await cgroup.kill()
            try await cgroup.remove()
        }
        try? await record.monitor?.open()?.ended()
        try FileSystem.removeFile(folder + "/" + ContainerRecord.name)
    }
}
