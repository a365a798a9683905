import Synchronization

/// Which folders are in use by jobs. A job gets those of its predecessor, so that compilers find again the paths they know and
/// the same source gives the same binary; only while the predecessor still runs it gets others.
final class JobPlaces: Sendable {
    private let taken = Mutex<Set<String>>([])

    /// Holds a folder's name for the length of `body`.
    func hold<Value>(_ name: String, _ body: (String) async -> Value) async -> Value {
        let place = taken.withLock { taken in
            var number = 1
            while !taken.insert("\(name)-\(number)").inserted { number += 1 }
            return "\(name)-\(number)"
        }
        defer { taken.withLock { _ = $0.remove(place) } }
        return await body(place)
    }
}
