/// Runs `body` in a task that does not see the cancellation of this one, and waits for it: for cleaning up, and for steps that must
/// not stop half-way.
func withoutCancellation<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value {
    try await Task { try await body() }.value
}
