import Synchronization

/// How many steps came from the cache.
final class StepCounter: Sendable {
    private let count = Atomic<Int>(0)

    func addCached() { count.add(1, ordering: .relaxed) }

    var cached: Int { count.load(ordering: .relaxed) }
}
