import NIOCore

/// Everything that one event loop needs to serve its connections. Requests never leave their loop: client, backend
/// connections, counts and random numbers of a loop belong to it alone, so nothing here is locked.
///
/// Unchecked, since all of it is used on `eventLoop` only; `install`, `stop` and `start` go there by themselves.
final class ProxyLoop: @unchecked Sendable {
    let eventLoop: any EventLoop
    let number: Int
    let settings: GatewaySettings
    let ledger: TrafficLedger
    let unmatched: TrafficCell
    let accessLog: AccessLog?
    private(set) var installed: InstalledTable
    private var endpoints: [EndpointAddress: EndpointState] = [:]
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private(set) var isStopping = false
    private var onEmpty: EventLoopPromise<Void>?
    private var ticks: RepeatedTask?
    var random: SplitMix
    /// Lines of the access log that haven't been handed over.
    var accessLines = ByteBuffer()

    private struct EndpointAddress: Hashable {
        let address: String
        let port: Int
    }

    init(
        eventLoop: any EventLoop, number: Int, settings: GatewaySettings, ledger: TrafficLedger, accessLog: AccessLog?,
        seed: UInt64
    ) {
        self.eventLoop = eventLoop
        self.number = number
        self.settings = settings
        self.ledger = ledger
        self.accessLog = accessLog
        installed = InstalledTable(RoutingTable(), generation: 0, ledger: ledger) { endpoint in
            EndpointState(address: endpoint.address, port: endpoint.port)
        }
        unmatched = ledger.cell(for: TrafficKey(route: "", backend: ""))
        random = SplitMix(seed: seed)
    }

    // MARK: Table

    /// Puts a new table in place of the present one. Requests under way end as they began.
    func install(_ table: RoutingTable) -> EventLoopFuture<Void> {
        eventLoop.submit {
            var present: Set<EndpointAddress> = []
            let new = InstalledTable(table, generation: self.installed.generation + 1, ledger: self.ledger) {
                endpoint in
                let address = EndpointAddress(address: endpoint.address, port: endpoint.port)
                present.insert(address)
                let state = self.endpoints[address] ?? EndpointState(address: endpoint.address, port: endpoint.port)
                self.endpoints[address] = state
                return state
            }
            self.installed = new
            for (address, state) in self.endpoints where !present.contains(address) {
                state.drain()
                self.endpoints[address] = nil
            }
        }
    }

    // MARK: Clients

    func register(_ client: ClientConnection) { clients[ObjectIdentifier(client)] = client }

    func unregister(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = nil
        if clients.isEmpty, let promise = onEmpty {
            onEmpty = nil
            promise.succeed()
        }
    }

    // MARK: Time

    func start() {
        eventLoop.execute {
            self.ticks = self.eventLoop.scheduleRepeatedTask(
                initialDelay: .milliseconds(100), delay: .milliseconds(100)
            ) { _ in
                self.tick()
            }
        }
    }

    private func tick() {
        let now = NIODeadline.now()
        for client in clients.values { client.check(now) }
        let oldest = now - settings.pooledTimeout
        for endpoint in endpoints.values { endpoint.closeIdle(before: oldest) }
        handOverAccessLines()
    }

    func handOverAccessLines() {
        guard let accessLog, accessLines.readableBytes > 0 else { return }
        accessLog.append(accessLines)
        accessLines = ByteBuffer()
    }

    // MARK: Stopping

    /// Closes connections that have nothing under way, and the others when their answer has gone; succeeds when none is left.
    func drain() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        eventLoop.execute {
            self.isStopping = true
            if self.clients.isEmpty { return promise.succeed() }
            self.onEmpty = promise
            for client in self.clients.values { client.closeIfIdle() }
        }
        return promise.futureResult
    }

    /// Closes everything at once.
    func stop() -> EventLoopFuture<Void> {
        eventLoop.submit {
            self.isStopping = true
            self.ticks?.cancel()
            for client in self.clients.values { client.abort() }
            for endpoint in self.endpoints.values { endpoint.drain() }
            self.handOverAccessLines()
        }
    }
}
