import Synchronization

/// The ports that the listeners have got.
final class BoundPorts: Sendable {
    private let state: Mutex<Endpoints>

    init(_ endpoints: Endpoints) {
        state = Mutex(endpoints)
    }

    func set(_ port: any WritableKeyPath<Endpoints, Int> & Sendable, _ value: Int) {
        state.withLock { $0[keyPath: port] = value }
    }

    var endpoints: Endpoints { state.withLock { $0 } }
}
