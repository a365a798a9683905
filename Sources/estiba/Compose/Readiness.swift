import ServiceLifecycle

/// Which parts are ready, and who waits for all of them.
actor Readiness {
    private var missing: Set<String>
    private var waiters: [AsyncStream<Void>.Continuation] = []

    init(_ parts: Set<String>) {
        missing = parts
    }

    func ready(_ part: String) {
        missing.remove(part)
        guard missing.isEmpty else { return }
        for waiter in waiters { waiter.finish() }
        waiters = []
    }

    /// What is not ready yet.
    var pending: [String] { missing.sorted() }

    /// Waits for all; false if the server is stopped or fails before that.
    func all() async -> Bool {
        if missing.isEmpty { return true }
        let (waiting, waiter) = AsyncStream<Void>.makeStream()
        waiters.append(waiter)
        for await _ in waiting.cancelOnGracefulShutdown() {}
        return missing.isEmpty
    }
}
