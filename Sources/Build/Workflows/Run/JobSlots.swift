import Synchronization

/// Lets a number of jobs run at a time; the others wait in the order in which they came.
final class JobSlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var nextID = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) {
        state = Mutex(State(free: count))
    }

    /// Runs `body` once there is a slot; returns nil without running it where the job is cancelled before.
    func withSlot<Value: Sendable>(_ cancel: CancelSignal, _ body: () async -> Value) async -> Value? {
        guard await take(cancel) else { return nil }
        let value = await body()
        give()
        return value
    }

    private func take(_ cancel: CancelSignal) async -> Bool {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let handler = Mutex<Int?>(nil)
        let taken = await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.free > 0 {
                    state.free -= 1
                    return true
                }
                state.waiting.append((id, continuation))
                return false
            }
            if isFree {
                continuation.resume(returning: true)
            } else {
                let number = cancel.onCancel { [self] _ in drop(id) }
                handler.withLock { $0 = number }
            }
        }
        if let number = handler.withLock({ $0 }) { cancel.remove(number) }
        return taken
    }

    private func drop(_ id: Int) {
        let waiter = state.withLock { state in
            state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
        }
        waiter?.continuation.resume(returning: false)
    }

    private func give() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.waiting.isEmpty {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
