import CLinux
import Glibc
import Synchronization

/// A process that this one has started. Waited for by its pidfd: no thread a child, no signal handler.
///
/// A child that nobody waits for is still reaped when it ends.
package final class Child: Sendable {
    struct Ends: Sendable {
        var input: OpenFile?
        var output: OpenFile?
        var error: OpenFile?
    }

    package let name: String
    package let pid: Int32
    package let pidfd: OpenFile
    /// The writing end of the program's standard input, if it is a pipe. Close it to end the input.
    package let input: OpenFile?
    /// The reading end of the program's standard output, if it is a pipe.
    package let output: OpenFile?
    /// The reading end of the program's error output, if it is a pipe.
    package let error: OpenFile?
    private let core: Core

    /// The part that must outlive the object until the process is reaped.
    private final class Core: Sendable {
        let pid: Int32
        let pidfd: OpenFile
        let hasGroup: Bool
        let background: Command.Background
        let status = Mutex<ExitStatus?>(nil)

        init(_ pid: Int32, _ pidfd: OpenFile, _ hasGroup: Bool, _ background: Command.Background) {
            self.pid = pid
            self.pidfd = pidfd
            self.hasGroup = hasGroup
            self.background = background
        }

        /// The status if the process has ended, taking it from the kernel the first time.
        func reap() -> ExitStatus? {
            status.withLock { status in
                if let status { return status }
                var code: Int32 = 0
                var bySignal: Int32 = 0
                guard cl_pidfd_reap(pidfd.descriptor, 1, &code, &bySignal) != 0 else { return nil }
                // While the zombie stands, its number still belongs to the group: the moment to end the rest of it safely.
                if hasGroup, background == .killed { _ = kill(-pid, SIGKILL) }
                let result = cl_pidfd_reap(pidfd.descriptor, 0, &code, &bySignal)
                // A child that someone else has reaped has no status any more; its end is all that is known.
                status = result > 0 ? (bySignal != 0 ? .signalled(code) : .exited(code)) : .exited(-1)
                return status
            }
        }

        func reapWhenEnded() {
            Poller.process.whenReadable(pidfd) { [self] _ in if reap() == nil { reapWhenEnded() } }
        }

        func killGroup(_ number: Int32) {
            status.withLock { status in
                guard status == nil else { return }
                if hasGroup { _ = kill(-pid, number) } else { _ = cl_pidfd_send_signal(pidfd.descriptor, number) }
            }
        }
    }

    init(name: String, pid: Int32, pidfd: OpenFile, hasGroup: Bool, background: Command.Background, ends: Ends) {
        self.name = name
        self.pid = pid
        self.pidfd = pidfd
        input = ends.input
        output = ends.output
        error = ends.error
        core = Core(pid, pidfd, hasGroup, background)
    }

    deinit {
        if core.reap() == nil { core.reapWhenEnded() }
    }

    /// Waits for the end of the process. Any number of tasks may wait; cancelling one of them changes nothing.
    package func wait() async -> ExitStatus {
        while true {
            if let status = core.reap() { return status }
            await withCheckedContinuation { continuation in
                Poller.process.whenReadable(pidfd) { _ in continuation.resume() }
            }
        }
    }

    /// How it ended, if it has.
    package var status: ExitStatus? { core.reap() }

    /// Sends a signal to the process. Nothing happens once it has ended.
    package func signal(_ number: Int32) {
        _ = cl_pidfd_send_signal(pidfd.descriptor, number)
    }

    /// Sends a signal to the process and everything in its group. Nothing happens once it has been waited for.
    package func killGroup(_ number: Int32 = SIGKILL) { core.killGroup(number) }

    /// Asks the group to end, and kills what is left of it after `grace`.
    package func stop(grace: Duration, clock: some Clock<Duration> = ContinuousClock()) async -> ExitStatus {
        killGroup(SIGTERM)
        return await withTaskGroup(of: ExitStatus?.self) { group in
            group.addTask { await self.wait() }
            group.addTask {
                try? await clock.sleep(for: grace)
                if !Task.isCancelled { self.killGroup(SIGKILL) }
                return nil
            }
            var status: ExitStatus?
            for await result in group where result != nil {
                status = result
                group.cancelAll()
            }
            if let status { return status }
            return await wait()
        }
    }

    /// The standard output piece by piece; empty when it is not a pipe.
    package var outputChunks: ByteChunks { ByteChunks(output) }

    /// The error output piece by piece; empty when it is not a pipe.
    package var errorChunks: ByteChunks { ByteChunks(error) }

    /// Both outputs line by line, as they come.
    package var lines: OutputLines { OutputLines(output: output, error: error) }
}
