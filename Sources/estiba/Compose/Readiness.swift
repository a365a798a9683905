/// Which parts are ready, and who waits for all of them.
actor Readiness {
    private var missing: Set<String>
    private var waiters: [CheckedContinuation<Void, Never>] = []

    init(_ parts: Set<String>) {
        missing = parts
    }

    func ready(_ part: String) {
        missing.remove(part)
        guard missing.isEmpty else { return }
        for waiter in waiters { waiter.resume() }
        waiters = []
    }

    /// What is not ready yet.
    var pending: [String] { missing.sorted() }

    func all() async {
        if missing.isEmpty { return }
        await withCheckedContinuation { waiters.append($0) }
    }
}
