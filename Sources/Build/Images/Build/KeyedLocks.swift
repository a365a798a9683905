/// Lets one task at a time work on something that has a name: a base image that is being made, a step that two builds share.
actor KeyedLocks {
    private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

    /// Runs the body while nobody else holds the name.
    nonisolated func with<Result: Sendable>(_ name: String, _ body: () async throws -> Result) async throws -> Result {
        await acquire(name)
        do {
            try Task.checkCancellation()
            let result = try await body()
            await release(name)
            return result
        } catch {
            await release(name)
            throw error
        }
    }

    private func acquire(_ name: String) async {
        if waiting[name] == nil {
            waiting[name] = []
        } else {
            await withCheckedContinuation { waiting[name]?.append($0) }
        }
    }

    /// Passes the name on to whoever waits longest.
    private func release(_ name: String) {
        if waiting[name]?.isEmpty ?? true {
            waiting[name] = nil
        } else {
            waiting[name]?.removeFirst().resume()
        }
    }
}
