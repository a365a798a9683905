package import FoundationEssentials

/// Time for the pipeline: the system's, or one that a test moves.
package struct PipelineClock: Sendable {
    package var now: @Sendable () -> Date
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(now: @escaping @Sendable () -> Date, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.now = now
        self.sleep = sleep
    }

    package static let system = PipelineClock(now: { Date() }, sleep: { try await Task.sleep(for: $0) })
}
