import Logging
import Problems
import Synchronization

/// Keys that need work. A key waits at most once, is worked on by one task at a time, and comes back later and later
/// while its work fails.
final class WorkQueue<Key: Hashable & Sendable>: Sendable {
    private struct State: Sendable {
        var queued: Set<Key> = []
        var working: Set<Key> = []
        /// Added again while being worked on.
        var dirty: Set<Key> = []
        var failures: [Key: Int] = [:]
        /// The number of the latest delayed addition of a key; older ones are void.
        var timers: [Key: UInt64] = [:]
        var nextTimer: UInt64 = 0
    }

    private struct Delayed: Sendable {
        let key: Key
        let timer: UInt64
        let delay: Duration
    }

    private let state = Mutex(State())
    private let ready: (stream: AsyncStream<Key>, continuation: AsyncStream<Key>.Continuation) =
        AsyncStream.makeStream()
    private let later: (stream: AsyncStream<Delayed>, continuation: AsyncStream<Delayed>.Continuation) =
        AsyncStream.makeStream()

    func add(_ key: Key) {
        let isNew = state.withLock { state in
            state.timers[key] = nil
            if state.working.contains(key) {
                state.dirty.insert(key)
                return false
            }
            return state.queued.insert(key).inserted
        }
        if isNew { ready.continuation.yield(key) }
    }

    /// Adds the key after a delay, unless it is added before.
    func add(_ key: Key, after delay: Duration) {
        let timer = state.withLock { state in
            state.nextTimer += 1
            state.timers[key] = state.nextTimer
            return state.nextTimer
        }
        later.continuation.yield(Delayed(key: key, timer: timer, delay: delay))
    }

    /// Works until the task is cancelled. `work` says after which time the key is to be looked at again, if ever.
    func run(
        workers: Int, clock: any Clock<Duration>, logger: Logger,
        _ work: @escaping @Sendable (Key) async throws -> Duration?
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.runTimers(clock) }
            await withTaskGroup(of: Void.self) { workersGroup in
                var running = 0
                for await key in ready.stream {
                    if running >= workers {
                        await workersGroup.next()
                        running -= 1
                    }
                    running += 1
                    workersGroup.addTask { await self.process(key, logger, work) }
                }
            }
        }
    }

    private func process(
        _ key: Key, _ logger: Logger, _ work: @Sendable (Key) async throws -> Duration?
    ) async {
        state.withLock { state in
            state.queued.remove(key)
            state.working.insert(key)
        }
        var again: Duration?
        do {
            again = try await work(key)
            state.withLock { $0.failures[key] = nil }
        } catch is CancellationError {
        } catch {
            let failures = state.withLock { state in
                state.failures[key, default: 0] += 1
                return state.failures[key] ?? 1
            }
            again = Self.backOff(failures)
            let isConflict = (error as? any Problem)?.category == .conflict
            logger.log(
                level: isConflict || failures < 3 ? .debug : .warning, "reconciling failed, trying again",
                metadata: ["object.key": "\(key)", "error": "\(brief(error))", "attempt": "\(failures)"])
        }
        let isDirty = state.withLock { state in
            state.working.remove(key)
            return state.dirty.remove(key) != nil
        }
        if isDirty { add(key) } else if let again { add(key, after: again) }
    }

    private func runTimers(_ clock: any Clock<Duration>) async {
        await withDiscardingTaskGroup { group in
            for await delayed in later.stream {
                group.addTask {
                    do { try await clock.sleep(for: delayed.delay) } catch { return }
                    let isDue = self.state.withLock { $0.timers[delayed.key] == delayed.timer }
                    if isDue { self.add(delayed.key) }
                }
            }
        }
    }

    /// 5 ms, doubled with each failure in a row, up to 30 s.
    static func backOff(_ failures: Int) -> Duration {
        min(.milliseconds(5 << min(max(failures - 1, 0), 13)), .seconds(30))
    }
}
