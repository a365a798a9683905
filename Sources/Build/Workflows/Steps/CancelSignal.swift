import Synchronization

/// Says once that something is to stop. A signal made from another one stops with it.
final class CancelSignal: Sendable {
    private struct State {
        var reason: String?
        var nextID = 0
        var handlers: [Int: @Sendable (String) -> Void] = [:]
    }

    private let state = Mutex(State())

    init() {}

    /// A signal that stops when `parent` does, or on its own.
    convenience init(below parent: CancelSignal) {
        self.init()
        parent.onCancel { [weak self] in self?.cancel($0) }
    }

    /// Why it stopped, if it has.
    var reason: String? { state.withLock { $0.reason } }
    var isCancelled: Bool { reason != nil }

    func cancel(_ reason: String) {
        let handlers = state.withLock { state -> [@Sendable (String) -> Void] in
            guard state.reason == nil else { return [] }
            state.reason = reason
            defer { state.handlers = [:] }
            return Array(state.handlers.values)
        }
        for handler in handlers { handler(reason) }
    }

    /// Calls the handler once: now, where it has stopped already.
    @discardableResult
    func onCancel(_ handler: @escaping @Sendable (String) -> Void) -> Int {
        let (id, reason) = state.withLock { state in
            state.nextID += 1
            if state.reason == nil { state.handlers[state.nextID] = handler }
            return (state.nextID, state.reason)
        }
        if let reason { handler(reason) }
        return id
    }

    func remove(_ id: Int) {
        state.withLock { $0.handlers[id] = nil }
    }

    /// Returns when it has stopped, or when the task is cancelled.
    func wait() async {
        let latch = LogSignal()
        let id = onCancel { _ in latch.finish() }
        _ = await latch.waitForMore(than: 0)
        remove(id)
    }
}
