import NIOCore

/// One address of a backend, as one event loop sees it: its unused connections and its requests under way.
final class EndpointState {
    let address: String
    let port: Int
    private(set) var idle: [UpstreamConnection] = []
    var inFlight = 0
    /// Not to be used before this time while there are others.
    var ejectedUntil = NIODeadline.uptimeNanoseconds(0)
    /// No longer in the routing table: it gets no new requests.
    private(set) var isDraining = false

    init(address: String, port: Int) {
        self.address = address
        self.port = port
    }

    /// The unused connection that was used last.
    func takeIdle() -> UpstreamConnection? { idle.popLast() }

    /// Keeps a connection for later; false where it is not wanted.
    func keep(_ connection: UpstreamConnection, most: Int) -> Bool {
        guard !isDraining, idle.count < most else { return false }
        idle.append(connection)
        return true
    }

    func forget(_ connection: UpstreamConnection) { idle.removeAll { $0 === connection } }

    func closeIdle(before time: NIODeadline) {
        while let oldest = idle.first, oldest.idleSince < time {
            idle.removeFirst()
            oldest.close()
        }
    }

    func drain() {
        isDraining = true
        closeIdle(before: .distantFuture)
    }
}
