import NIOCore

/// A connection from a client: reads its requests one after the other and sees each through to its answer.
///
/// `ClientConnection+Backend` looks for a backend and sends the request on, `ClientConnection+Answer` brings the answer back.
final class ClientConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// For the head of a request.
        case waiting
        case exchanging
        /// After an upgrade: bytes pass as they come.
        case tunnelling
        /// The last answer has gone, while the client may still be sending.
        case lingering
        case closed
    }

    let loop: ProxyLoop
    var context: ChannelHandlerContext?
    var phase = Phase.waiting
    var exchange: Exchange?
    var upstream: UpstreamConnection?
    /// What has come and isn't used up.
    var inbound = ByteBuffer()
    /// What is to be written with the next flush.
    var outbound = ByteBuffer()
    /// The head that goes to the backend, kept for its storage.
    var forwarded = ByteBuffer()
    var idleDeadline: NIODeadline
    var address: [UInt8] = []
    var isUpstreamPaused = false
    private var scanned = 0
    private var isAdvancing = false
    private var isReading = true
    private var hasPartialHead = false

    /// As much may wait here before reading stops.
    private static let mostInbound = 128 * 1024

    init(loop: ProxyLoop) {
        self.loop = loop
        idleDeadline = .now() + loop.settings.headTimeout
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        address = Array((context.remoteAddress?.ipAddress ?? "unknown").utf8)
        loop.register(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        loop.unregister(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .lingering, .closed: return
        case .tunnelling:
            idleDeadline = .now() + loop.settings.tunnelTimeout
            upstream?.write(bytes)
            updateReading()
        case .waiting, .exchanging:
            if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
            advance()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .tunnelling { upstream?.flush() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable, isUpstreamPaused else { return }
        isUpstreamPaused = false
        upstream?.setReading(true)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelInactive(context: ChannelHandlerContext) {
        let wasExchanging = phase == .exchanging
        phase = .closed
        let upstream = upstream
        self.upstream = nil
        // Counted before the backend can tell: whoever sees the connection end finds the request in the counts.
        if wasExchanging { settle(code: 499, isMeasured: false) }
        upstream?.close()
    }

    // MARK: Going on

    /// Does what the bytes at hand allow.
    func advance() {
        if isAdvancing { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while true {
            switch phase {
            case .waiting:
                if !begin() {
                    updateReading()
                    return
                }
            case .exchanging:
                sendBody()
                if phase == .exchanging {
                    updateReading()
                    return
                }
            case .tunnelling, .lingering, .closed: return
            }
        }
    }

    /// Stops reading where too much waits already.
    func updateReading() {
        let wanted = phase == .tunnelling ? upstream?.isWritable ?? true : inbound.readableBytes < Self.mostInbound
        if wanted != isReading {
            isReading = wanted
            try? context?.channel.syncOptions?.setOption(.autoRead, value: wanted)
        }
    }

    /// Begins the next request; false where its head isn't there or isn't right.
    private func begin() -> Bool {
        while inbound.readableBytes >= 2, scanned == 0,
            inbound.getInteger(at: inbound.readerIndex, as: UInt16.self) == 0x0D0A
        {
            inbound.moveReaderIndex(forwardBy: 2)
        }
        guard inbound.readableBytes > 0 else { return false }
        do throws(WireDefect) {
            guard let end = try HeadScanner.end(of: inbound, scanned: &scanned) else {
                if inbound.readableBytes > loop.settings.largestHead { throw .headTooLarge }
                if !hasPartialHead {
                    hasPartialHead = true
                    idleDeadline = .now() + loop.settings.headTimeout
                }
                return false
            }
            guard end <= loop.settings.largestHead, let bytes = inbound.readSlice(length: end) else {
                throw .headTooLarge
            }
            hasPartialHead = false
            start(try RequestHead(bytes))
            return true
        } catch {
            refuse(error)
            return false
        }
    }

    /// Ready for the next request, or done.
    func goOn(closes: Bool, hasUnreadBody: Bool) {
        flushAnswer()
        if closes || hasUnreadBody || loop.isStopping { return finishConnection(lingers: hasUnreadBody) }
        phase = .waiting
        idleDeadline = .now() + loop.settings.keepAliveTimeout
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        advance()
    }

    /// Closes once everything is written; while the client is still sending, only our direction, so that it can read the answer.
    func finishConnection(lingers: Bool) {
        guard let context else { return }
        phase = .lingering
        idleDeadline = .now() + .seconds(2)
        let written = context.eventLoop.makePromise(of: Void.self)
        let mode: CloseMode = lingers ? .output : .all
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: mode, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(outbound), promise: written)
        outbound = ByteBuffer()
    }

    // MARK: Time

    func check(_ now: NIODeadline) {
        switch phase {
        case .waiting:
            guard now > idleDeadline else { return }
            if hasPartialHead { refuse(status: 408, "the request head took too long") } else { closeIfIdle() }
        case .exchanging:
            guard let exchange else { return }
            let isOver = now > idleDeadline || exchange.deadline.map { now > $0 } ?? false
            if isOver || exchange.attemptDeadline.map({ now > $0 }) ?? false { timedOut(exchange) }
        case .tunnelling: if now > idleDeadline { abort() }
        case .lingering: if now > idleDeadline { abort() }
        case .closed: break
        }
    }

    private func timedOut(_ exchange: Exchange) {
        if exchange.hasBegunAnswer {
            answerBroke()
        } else if !exchange.body.isDone && inbound.readableBytes == 0 {
            answer(408, "the request body took too long")
        } else {
            answer(504, "the backend took too long")
        }
    }

    /// Closes a connection on which nothing is under way.
    func closeIfIdle() {
        if phase == .waiting && !hasPartialHead {
            phase = .closed
            context?.close(promise: nil)
        }
    }

    /// Closes at once, whatever is under way.
    func abort() { context?.close(promise: nil) }
}
