import Synchronization

/// Tells readers of a growing file that there is more, or that nothing more comes.
final class LogSignal: Sendable {
    private struct State {
        var length = 0
        var isFinished = false
        var nextID = 0
        var waiters: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func grew(by count: Int) { wake { $0.length += count } }

    func finish() { wake { $0.isFinished = true } }

    private func wake(_ change: (inout State) -> Void) {
        let waiters = state.withLock { state in
            change(&state)
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until the file is longer than `offset`. False when it is finished and isn't, or the task is cancelled.
    func waitForMore(than offset: Int) async -> Bool {
        while !Task.isCancelled {
            let (isLonger, isFinished, id) = state.withLock { state in
                state.nextID += 1
                return (state.length > offset, state.isFinished, state.nextID)
            }
            if isLonger { return true }
            if isFinished { return false }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isDone = state.withLock { state in
                        if state.length > offset || state.isFinished || Task.isCancelled { return true }
                        state.waiters[id] = continuation
                        return false
                    }
                    if isDone { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
            }
        }
        return false
    }
}
