import NIOCore

extension ClientConnection {
    /// Up to this size a piece of a body is copied behind what is to be written anyway, which is cheaper than a write of its own.
    private static var smallPiece: Int { 16 * 1024 }

    var isHeadRequest: Bool { exchange?.isHead ?? false }
    var wantsUpgrade: Bool { exchange?.head.upgrade != nil }
    var decodesChunks: Bool { exchange?.isUnchunked ?? false }

    // MARK: From the backend

    /// An interim answer, such as 100 Continue.
    func informed(_ head: ResponseHead) {
        guard exchange?.head.isVersion11 == true else { return }
        head.writeForwarded(.implied, unchunked: false, edits: nil, to: &outbound)
        flushAnswer()
    }

    func answerBegins(_ head: ResponseHead) {
        guard let exchange else { return }
        idleDeadline = .now() + loop.settings.idleTimeout
        let isChunked = head.framing == .chunked
        let isUnchunked = isChunked && !exchange.head.isVersion11
        if head.framing == .untilClose || isUnchunked || !exchange.body.isDone { exchange.closes = true }
        exchange.isUnchunked = isUnchunked
        exchange.hasBegunAnswer = true
        exchange.status = head.status
        let persistence: ResponseHead.Persistence =
            exchange.closes || loop.isStopping ? .closes : exchange.head.isVersion11 ? .implied : .announced
        head.writeForwarded(persistence, unchunked: isUnchunked, edits: exchange.filters?.response, to: &outbound)
    }

    func answerContinues(_ piece: ByteBuffer) {
        guard phase == .exchanging else { return }
        idleDeadline = .now() + loop.settings.idleTimeout
        exchange?.bytesOut += piece.readableBytes
        if outbound.readableBytes > 0, piece.readableBytes <= Self.smallPiece {
            var piece = piece
            outbound.writeBuffer(&piece)
        } else {
            writeOutbound()
            context?.write(wrapOutboundOut(piece), promise: nil)
        }
        if context?.channel.isWritable == false, !isUpstreamPaused {
            isUpstreamPaused = true
            upstream?.setReading(false)
        }
    }

    func answerEnded() {
        guard let exchange else { return }
        let isBodyDone = exchange.body.isDone
        let connection = upstream
        upstream = nil
        isUpstreamPaused = false
        leaveEndpoint()
        connection?.release(reusable: isBodyDone, most: loop.settings.pooledConnections)
        settle(code: exchange.status, isMeasured: true)
        goOn(closes: exchange.closes, hasUnreadBody: !isBodyDone)
    }

    /// The answer stopped in its middle. All that can be told the client is the end of the connection.
    func answerBroke() {
        guard exchange != nil else { return }
        let connection = upstream
        upstream = nil
        settle(code: 502, isMeasured: true)
        connection?.close()
        abort()
    }

    func answerUnreadable(_ defect: WireDefect) { answer(502, "the backend's answer is not HTTP: \(defect.sentence)") }

    // MARK: Upgrades

    func upgraded(_ head: ResponseHead) {
        guard let exchange else { return }
        head.writeForwarded(.upgraded, unchunked: false, edits: exchange.filters?.response, to: &outbound)
        writeOutbound()
        context?.flush()
        leaveEndpoint()
        settle(code: 101, isMeasured: false)
        phase = .tunnelling
        idleDeadline = .now() + loop.settings.tunnelTimeout
        if inbound.readableBytes > 0 {
            upstream?.write(inbound)
            upstream?.flush()
            inbound = ByteBuffer()
        }
        updateReading()
    }

    func forwardTunnel(_ bytes: ByteBuffer) {
        idleDeadline = .now() + loop.settings.tunnelTimeout
        context?.write(wrapOutboundOut(bytes), promise: nil)
        if context?.channel.isWritable == false, !isUpstreamPaused {
            isUpstreamPaused = true
            upstream?.setReading(false)
        }
    }

    func tunnelEnded() {
        upstream = nil
        finishConnection(lingers: false)
    }

    // MARK: From the gateway itself

    /// Answers instead of a backend.
    func answer(_ status: Int, _ sentence: String, location: [UInt8]? = nil) {
        guard exchange != nil else { return }
        let connection = upstream
        upstream = nil
        connection?.close()
        leaveEndpoint()
        guard let exchange else { return }
        discardBody(exchange)
        let hasUnreadBody = !exchange.body.isDone
        ErrorAnswer.write(
            status, sentence, requestID: exchange.requestID, location: location, isHead: exchange.isHead,
            closes: exchange.closes || hasUnreadBody || loop.isStopping,
            announcesKeepAlive: !exchange.head.isVersion11, to: &outbound)
        settle(code: status, isMeasured: true)
        goOn(closes: exchange.closes, hasUnreadBody: hasUnreadBody)
    }

    /// Uses up what has come of a body that nobody wants.
    private func discardBody(_ exchange: Exchange) {
        guard !exchange.body.isDone, inbound.readableBytes > 0 else { return }
        var count = 0
        inbound.withUnsafeReadableBytes { all in
            do throws(WireDefect) { count = try exchange.body.take(all) } catch { count = 0 }
        }
        inbound.moveReaderIndex(forwardBy: count)
    }

    /// Answers a head that isn't one, and closes: where the next request begins is not known.
    func refuse(_ defect: WireDefect) { refuse(status: defect.status, defect.sentence) }

    func refuse(status: Int, _ sentence: String) {
        let id = newRequestID()
        ErrorAnswer.write(
            status, sentence, requestID: id, isHead: false, closes: true, announcesKeepAlive: false, to: &outbound)
        loop.unmatched.begin(shard: loop.number)
        loop.unmatched.end(shard: loop.number, code: status, microseconds: nil)
        loop.logRefusal(status, client: address, requestID: id)
        finishConnection(lingers: true)
    }

    // MARK: Writing

    private func writeOutbound() {
        guard outbound.readableBytes > 0 else { return }
        context?.write(wrapOutboundOut(outbound), promise: nil)
        outbound = ByteBuffer()
    }

    func flushAnswer() {
        if outbound.readableBytes > 0 {
            context?.write(wrapOutboundOut(outbound), promise: nil)
            context?.flush()
            // By now the storage is usually free again.
            outbound.clear()
        } else {
            context?.flush()
        }
    }

    // MARK: Counting

    /// Counts and logs the exchange, which is over.
    func settle(code: Int, isMeasured: Bool) {
        guard let exchange else { return }
        if exchange.endpoint != nil { leaveEndpoint() }
        let now = NIODeadline.now()
        let microseconds = UInt64(max(0, (now - exchange.started).nanoseconds / 1000))
        if exchange.cell == nil { loop.unmatched.begin(shard: loop.number) }
        let cell = exchange.cell ?? loop.unmatched
        cell.end(shard: loop.number, code: code, microseconds: isMeasured ? microseconds : nil)
        loop.log(exchange, code: code, microseconds: microseconds, client: address)
        self.exchange = nil
    }
}
