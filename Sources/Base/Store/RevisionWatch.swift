import Synchronization

/// Those who wait for the next write to a bucket, or for a write to any.
struct RevisionWaiters {
    private struct Waiter {
        let bucket: String?
        let continuation: CheckedContinuation<Void, Never>
    }

    private var waiting: [Int: Waiter] = [:]
    private var cancelled: Set<Int> = []
    private var next = 0

    mutating func newID() -> Int {
        next += 1
        return next
    }

    /// False where the wait was cancelled before it began.
    mutating func add(_ id: Int, bucket: String?, _ continuation: CheckedContinuation<Void, Never>) -> Bool {
        if cancelled.remove(id) != nil { return false }
        waiting[id] = Waiter(bucket: bucket, continuation: continuation)
        return true
    }

    mutating func cancel(_ id: Int) -> CheckedContinuation<Void, Never>? {
        if let waiter = waiting.removeValue(forKey: id) { return waiter.continuation }
        cancelled.insert(id)
        return nil
    }

    mutating func forget(_ id: Int) { cancelled.remove(id) }

    mutating func take(buckets: Set<String>) -> [CheckedContinuation<Void, Never>] {
        let woken = waiting.filter { $0.value.bucket.map(buckets.contains) ?? true }
        for id in woken.keys { waiting[id] = nil }
        return woken.values.map(\.continuation)
    }

    mutating func takeAll() -> [CheckedContinuation<Void, Never>] {
        defer { waiting = [:] }
        return waiting.values.map(\.continuation)
    }
}

/// One reader of a bucket's events. It reads from the shared history at its own pace, so that a slow reader costs no
/// memory; one that falls behind history is told so.
package final class RevisionWatch: Sendable {
    private let log: RevisionLog
    package let bucket: String
    private let prefix: String
    private let position: Mutex<Int64>

    init(log: RevisionLog, bucket: String, prefix: String, after revision: Int64) {
        self.log = log
        self.bucket = bucket
        self.prefix = prefix
        position = Mutex(revision)
    }

    /// The revision up to which everything was read.
    package var revision: Int64 { position.withLock { $0 } }

    /// Waits for events; empty where `wakeWatches` or cancellation ended the wait.
    ///
    /// - Throws: `RevisionProblem.compacted` if history no longer reaches back to this reader's place.
    package func next() async throws(RevisionProblem) -> [RevisionEvent] {
        let ready = try available()
        if !ready.isEmpty { return ready }
        await log.wait(bucket: bucket) { self.hasEvents }
        return try available()
    }

    private var hasEvents: Bool {
        let position = revision
        return log.state.withLock { state in
            guard let events = try? state.events(in: bucket, after: position) else { return true }
            return !events.isEmpty
        }
    }

    private func available() throws(RevisionProblem) -> [RevisionEvent] {
        let after = revision
        let (found, upTo) = try log.state.withLock { state throws(RevisionProblem) in
            (try state.events(in: bucket, after: after), state.revision)
        }
        position.withLock { $0 = max($0, upTo) }
        return prefix.isEmpty ? Array(found) : found.filter { $0.object.key.name.hasPrefix(prefix) }
    }
}

extension RevisionLog {
    /// Follows the objects of a bucket whose names begin with `prefix`, after `revision`.
    package func watch(_ bucket: String, prefix: String = "", after revision: Int64) -> RevisionWatch {
        RevisionWatch(log: self, bucket: bucket, prefix: prefix, after: revision)
    }

    /// Waits until the log is past `revision`, or until `wakeWatches` or cancellation ends the wait.
    package func waitForWrite(after revision: Int64) async {
        await wait(bucket: nil) { self.revision > revision }
    }

    /// Ends every wait, so that the waiting look at their clocks.
    package func wakeWatches() {
        waiters.withLock { $0.takeAll() }.forEach { $0.resume() }
    }

    func wait(bucket: String?, unless isReady: @Sendable () -> Bool) async {
        let id = waiters.withLock { $0.newID() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = waiters.withLock { $0.add(id, bucket: bucket, continuation) }
                if !isWaiting { return continuation.resume() }
                // What was published between the reader's look and its entry here would otherwise be missed.
                if isReady() { waiters.withLock { $0.cancel(id) }?.resume() }
            }
        } onCancel: {
            waiters.withLock { $0.cancel(id) }?.resume()
        }
        waiters.withLock { $0.forget(id) }
    }
}
