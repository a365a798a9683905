import Synchronization

/// How many steps that touch files came from the cache, and how many were done.
final class StepCounter: Sendable {
    private let found = Atomic<Int>(0)
    private let done = Atomic<Int>(0)

    func addCached() { found.add(1, ordering: .relaxed) }

    func addExecuted() { done.add(1, ordering: .relaxed) }

    var cached: Int { found.load(ordering: .relaxed) }

    var executed: Int { done.load(ordering: .relaxed) }
}
