import Synchronization

/// Where the containers of a pod wait for their sandbox while they prepare everything else.
final class SandboxGate: Sendable {
    private struct State {
        var result: Result<PodSandbox, any Error>?
        var waiters: [CheckedContinuation<PodSandbox, any Error>] = []
    }

    private let state = Mutex(State())

    /// Returns or throws what `open` was called with. Whoever made the gate opens it in any case.
    func wait() async throws -> PodSandbox {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state in
                if state.result == nil { state.waiters.append(continuation) }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }
    }

    func open(_ result: Result<PodSandbox, any Error>) {
        let waiters = state.withLock { state in
            defer { state.waiters = [] }
            state.result = result
            return state.waiters
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
