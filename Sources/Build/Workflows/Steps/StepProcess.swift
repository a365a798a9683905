import Glibc
import Linux

/// Runs one command of a step to its end, its time limit, or the job's cancellation.
struct StepProcess {
    enum End: Equatable {
        case exited(ExitStatus)
        case timedOut
        case cancelled
    }

    let command: Command
    let timeout: Duration?
    let cancel: CancelSignal
    let clock: any Clock<Duration>

    /// How long a process has to end by itself when it is asked to.
    static let grace = Duration.seconds(7)
    /// How long output of processes in the background is waited for once the command itself has ended.
    static let linger = Duration.milliseconds(250)

    /// Both outputs reach `onLine` in the order in which they were written; the process waits while it is busy.
    func run(onLine: @escaping @Sendable (String) async throws -> Void) async throws -> End {
        let child = try await command.start(output: .pipe, error: .sameAsOutput)
        return try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                do {
                    for try await line in child.lines { try await onLine(line.text) }
                } catch is CancellationError {}
                return .outputEnded
            }
            group.addTask { .ended(await child.wait()) }
            if let timeout {
                group.addTask { [clock] in
                    try? await clock.sleep(for: timeout)
                    return Task.isCancelled ? .nothing : .stop(.timedOut)
                }
            }
            group.addTask { [cancel] in
                await cancel.wait()
                return cancel.isCancelled ? .stop(.cancelled) : .nothing
            }
            return try await finish(&group, child)
        }
    }

    private enum Part: Sendable {
        case outputEnded
        case ended(ExitStatus)
        case stop(End)
        case lingered
        case nothing
    }

    private func finish(_ group: inout ThrowingTaskGroup<Part, any Error>, _ child: Child) async throws -> End {
        var end: End?
        var hasOutputEnded = false
        do {
            while let part = try await group.next() {
                switch part {
                case .outputEnded: hasOutputEnded = true
                case .stop(let why) where end == nil:
                    end = why
                    group.addTask { .ended(await child.stop(grace: Self.grace)) }
                case .ended(let status):
                    if end == nil { end = .exited(status) }
                    if !hasOutputEnded {
                        group.addTask { [clock] in
                            try? await clock.sleep(for: Self.linger)
                            return .lingered
                        }
                    }
                case .lingered: hasOutputEnded = true
                case .stop, .nothing: break
                }
                if let end, hasOutputEnded, child.status != nil {
                    group.cancelAll()
                    return end
                }
            }
        } catch {
            child.killGroup(SIGKILL)
            group.cancelAll()
            throw error
        }
        if let end { return end }
        return .exited(await child.wait())
    }
}
