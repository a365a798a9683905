import NIOCore
import NIOPosix

extension ClientConnection {
    /// Each endpoint that can't be connected to is followed by another, but not by more than this.
    private static var mostAttempts: Int { 3 }

    /// Finds the rule and the backend for a request.
    func start(_ head: RequestHead) {
        let now = NIODeadline.now()
        phase = .exchanging
        idleDeadline = now + loop.settings.idleTimeout
        let exchange = Exchange(
            head, requestID: requestID(of: head), started: now, closes: !head.keepsAlive || loop.isStopping)
        self.exchange = exchange
        guard let found = loop.installed.table.lookup(head) else {
            return answer(404, "no route matches this host and path")
        }
        let rule = loop.installed.rules[found.rule]
        exchange.matched = found.path
        exchange.filters = rule.filters
        if let redirect = rule.filters?.redirect {
            return answer(redirect.status, "", location: redirect.location(for: head, matched: found.path))
        }
        guard let pick = rule.choice.pick(loop.random.next()) else {
            return answer(500, "the route \(rule.route) has no backend")
        }
        exchange.backend = rule.backends[pick]
        exchange.generation = loop.installed.generation
        exchange.targets = loop.installed.targets[exchange.backend]
        exchange.port = loop.installed.ports[exchange.backend]
        if exchange.targets.isEmpty { return answerUnserved(exchange) }
        if let timeout = rule.requestTimeout { exchange.deadline = now + timeout }
        exchange.attemptTimeout = rule.attemptTimeout
        findUpstream(exchange, avoiding: nil, fresh: false)
    }

    /// Answers for a backend that has no endpoint.
    private func answerUnserved(_ exchange: Exchange) {
        let backend = loop.installed.table.backends[exchange.backend]
        count(exchange, at: loop.installed.cells[exchange.backend])
        if let defect = backend.defect { return answer(500, defect) }
        answer(503, "no endpoint of \(backend.service) is ready")
    }

    /// Counts a request as under way, here and nowhere else.
    private func count(_ exchange: Exchange, at cell: TrafficCell) {
        if let old = exchange.cell {
            if old === cell { return }
            old.withdraw(shard: loop.number)
        }
        cell.begin(shard: loop.number)
        exchange.cell = cell
    }

    /// `fresh`: on a connection that was never used before.
    private func findUpstream(_ exchange: Exchange, avoiding: EndpointState?, fresh: Bool) {
        let now = NIODeadline.now()
        guard let target = exchange.targets.choose(&loop.random, now: now, avoiding: avoiding) else {
            return answerUnserved(exchange)
        }
        count(exchange, at: target.cell)
        let endpoint = target.endpoint
        endpoint.inFlight += 1
        exchange.endpoint = endpoint
        exchange.attempts += 1
        if let timeout = exchange.attemptTimeout { exchange.attemptDeadline = now + timeout }
        while !fresh, let idle = endpoint.takeIdle() {
            if idle.isOpen { return use(idle, for: exchange, isReused: true) }
        }
        connect(to: endpoint, for: exchange)
    }

    /// Looks again with the present table, in which the pods may be others.
    private func findAnother(_ exchange: Exchange, avoiding: EndpointState?, fresh: Bool) {
        let installed = loop.installed
        if exchange.generation != installed.generation {
            let old = exchange.cell?.key
            let port = exchange.port
            let index = installed.table.backends.firstIndex {
                $0.service == old?.backend && $0.key.route == old?.route && $0.port == port
            }
            if let index {
                exchange.backend = index
                exchange.generation = installed.generation
                exchange.targets = installed.targets[index]
            }
        }
        findUpstream(exchange, avoiding: avoiding, fresh: fresh)
    }

    private func connect(to endpoint: EndpointState, for exchange: Exchange) {
        let connection = UpstreamConnection(endpoint: endpoint)
        let bound = NIOLoopBound(connection, eventLoop: loop.eventLoop)
        let attempt = exchange.attempts
        let connecting: EventLoopFuture<any Channel>
        do {
            let address = try SocketAddress(ipAddress: endpoint.address, port: endpoint.port)
            connecting = ClientBootstrap(group: loop.eventLoop)
                .channelOption(.socketOption(.so_keepalive), value: 1)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connectTimeout(loop.settings.connectTimeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(bound.value)
                    }
                }
                .connect(to: address)
        } catch {
            connecting = loop.eventLoop.makeFailedFuture(error)
        }
        connecting.assumeIsolated().whenComplete { result in
            // The client may have left, and another request begun, while this was under way.
            let isWanted = self.exchange === exchange && self.upstream == nil && exchange.attempts == attempt
            switch result {
            case .success:
                if isWanted {
                    self.use(connection, for: exchange, isReused: false)
                } else {
                    connection.release(reusable: true, most: self.loop.settings.pooledConnections)
                }
            case .failure:
                endpoint.ejectedUntil = .now() + self.loop.settings.ejection
                if isWanted { self.connectFailed(exchange, endpoint) }
            }
        }
    }

    private func connectFailed(_ exchange: Exchange, _ endpoint: EndpointState) {
        leaveEndpoint()
        if exchange.attempts >= Self.mostAttempts { return answer(502, "no connection to the backend could be made") }
        if exchange.attempts > 1, exchange.targets.count == 1, exchange.generation == loop.installed.generation {
            return answer(502, "no connection to the backend could be made")
        }
        findAnother(exchange, avoiding: endpoint, fresh: false)
    }

    func leaveEndpoint() {
        exchange?.endpoint?.inFlight -= 1
        exchange?.endpoint = nil
    }

    private func use(_ connection: UpstreamConnection, for exchange: Exchange, isReused: Bool) {
        upstream = connection
        connection.attach(self, isReused: isReused)
        forwarded.clear()
        let facts = ForwardedFacts(
            client: address, requestID: exchange.requestID, trustsForwarded: loop.settings.trustsForwarded,
            filters: exchange.filters, path: exchange.matched)
        exchange.head.writeForwarded(facts, to: &forwarded)
        connection.write(forwarded)
        if exchange.body.isDone { connection.flush() } else { sendBody() }
        advance()
    }

    /// Passes on as much of the body as has come and the backend takes.
    func sendBody() {
        guard let upstream, exchange?.body.isDone == false else { return }
        while inbound.readableBytes > 0, upstream.isWritable, exchange?.body.isDone == false {
            var count = 0
            var defect: WireDefect?
            inbound.withUnsafeReadableBytes { all in
                do throws(WireDefect) { count = try exchange?.body.take(all) ?? 0 } catch { defect = error }
            }
            if let defect { return bodyIsMalformed(defect) }
            guard let piece = inbound.readSlice(length: count) else { break }
            exchange?.hasSentBody = true
            idleDeadline = .now() + loop.settings.idleTimeout
            upstream.write(piece)
        }
        upstream.flush()
        updateReading()
    }

    private func bodyIsMalformed(_ defect: WireDefect) {
        if exchange?.hasBegunAnswer == true { answerBroke() } else { answer(defect.status, defect.sentence) }
    }

    func upstreamBecameWritable() {
        if phase == .exchanging { sendBody() }
        updateReading()
    }

    /// The connection ended before the answer began.
    func upstreamDied(_ connection: UpstreamConnection) {
        guard upstream === connection, let exchange else { return }
        upstream = nil
        let endpoint = exchange.endpoint
        leaveEndpoint()
        guard !connection.hasAnswered, exchange.isRepeatable, !exchange.hasRetried else {
            return answer(502, "the backend closed the connection without an answer")
        }
        exchange.hasRetried = true
        findAnother(exchange, avoiding: connection.isReused ? nil : endpoint, fresh: true)
    }

    // MARK: Request identity

    /// The client's own, where it is short and harmless; or else a new one.
    private func requestID(of head: RequestHead) -> [UInt8] {
        if let range = head.requestID, range.count <= 128, range.count > 0 {
            let given = head.bytes.withUnsafeReadableBytes { Array($0[range]) }
            if given.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) { return given }
        }
        return newRequestID()
    }

    func newRequestID() -> [UInt8] {
        var number = loop.random.next()
        return [UInt8](unsafeUninitializedCapacity: 16) { bytes, count in
            for index in 0..<16 {
                let digit = UInt8(truncatingIfNeeded: number & 15)
                bytes[index] = digit < 10 ? 0x30 + digit : 0x57 + digit
                number >>= 4
            }
            count = 16
        }
    }
}

extension RouteFilters {
    /// Nothing is changed.
    var isPlain: Bool { request.isEmpty && response.isEmpty && redirect == nil && rewrite == nil }
}

extension RouteFilters.Redirect {
    /// Where the client is sent instead.
    func location(for head: RequestHead, matched: PathCondition) -> [UInt8] {
        head.bytes.withUnsafeReadableBytes { all in
            let scheme = scheme ?? "http"
            var text = Array("\(scheme)://".utf8)
            if let hostname {
                text += Array(hostname.utf8)
            } else {
                text += Array(head.host.utf8)
            }
            let standard = scheme == "https" ? 443 : 80
            if let port {
                if port != standard { text += Array(":\(port)".utf8) }
            } else if self.scheme == nil, let given = head.port, given != standard {
                text += Array(":\(given)".utf8)
            }
            let path = Array(all[head.path])
            text += self.path.map { PathRewriting.apply($0, to: path, matched: matched) } ?? path
            if !head.query.isEmpty { text += [0x3F] + Array(all[head.query]) }
            return text
        }
    }
}
