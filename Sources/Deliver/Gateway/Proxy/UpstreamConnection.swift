import NIOCore

/// A connection to a backend: kept for the next request, or busy with one, whose answer it hands to the client's side.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        case idle
        case head
        case body(BodyReader)
        case tunnel
        case closed
    }

    let endpoint: EndpointState
    private var context: ChannelHandlerContext?
    private var phase = Phase.idle
    /// Let go of at the end of each exchange.
    private var client: ClientConnection?
    private var isPaused = false
    private var inbound = ByteBuffer()
    private var scanned = 0
    private var hadError = false
    private var keepsAlive = true
    /// Whether any byte of the present answer has come.
    private(set) var hasAnswered = false
    /// Whether it has served a request before the present one.
    private(set) var isReused = false
    private(set) var idleSince = NIODeadline.uptimeNanoseconds(0)

    private static let largestHead = 64 * 1024

    init(endpoint: EndpointState) { self.endpoint = endpoint }

    // MARK: Serving a client

    func attach(_ client: ClientConnection, isReused: Bool) {
        self.client = client
        self.isReused = isReused
        hasAnswered = false
        keepsAlive = true
        phase = .head
    }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
    func flush() { context?.flush() }
    var isWritable: Bool { context?.channel.isWritable ?? false }
    var isOpen: Bool { if case .closed = phase { false } else { context != nil } }

    func setReading(_ isReading: Bool) {
        isPaused = !isReading
        try? context?.channel.syncOptions?.setOption(.autoRead, value: isReading)
    }

    /// Lets go of the client; the connection is kept where nothing is left over on it and there is room.
    func release(reusable: Bool, most: Int) {
        client = nil
        guard reusable, keepsAlive, case .idle = phase, inbound.readableBytes == 0, context?.channel.isActive == true
        else {
            return close()
        }
        idleSince = .now()
        if isPaused { setReading(true) }
        if !endpoint.keep(self, most: most) { close() }
    }

    func close() {
        client = nil
        phase = .closed
        context?.close(promise: nil)
    }

    // MARK: Events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .closed: return
        case .idle:
            // Nothing was asked, so whatever this is belongs to nobody.
            endpoint.forget(self)
            close()
        case .tunnel: client?.forwardTunnel(bytes)
        case .head, .body:
            hasAnswered = true
            if inbound.readableBytes == 0 { inbound = bytes } else { inbound.writeBuffer(&bytes) }
            read()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { client?.flushAnswer() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { client?.upstreamBecameWritable() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        hadError = true
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let before = phase
        let client = client
        phase = .closed
        self.client = nil
        switch before {
        case .closed: break
        case .idle: endpoint.forget(self)
        case .head: client?.upstreamDied(self)
        case .body(let reader):
            if reader.endsWithConnection && !hadError { client?.answerEnded() } else { client?.answerBroke() }
        case .tunnel: client?.tunnelEnded()
        }
    }

    // MARK: Answers

    private func read() {
        while true {
            switch phase {
            case .head: if !readHead() { return }
            case .body(var reader):
                guard readBody(&reader) else { return }
            case .idle, .tunnel, .closed: return
            }
        }
    }

    private func readHead() -> Bool {
        guard let client, inbound.readableBytes > 0 else { return false }
        do throws(WireDefect) {
            guard let bytes = try takeHead() else {
                if inbound.readableBytes > Self.largestHead { throw .headTooLarge }
                return false
            }
            let head = try ResponseHead(bytes, isHead: client.isHeadRequest)
            switch head.status {
            case 101:
                guard client.wantsUpgrade else { throw .startLine }
                phase = .tunnel
                client.upgraded(head)
                if inbound.readableBytes > 0 { client.forwardTunnel(inbound) }
                inbound = ByteBuffer()
            case 100..<200: client.informed(head)
            default:
                keepsAlive = head.keepsAlive
                let reader = BodyReader(head.framing)
                phase = .body(reader)
                client.answerBegins(head)
                if reader.isDone { endAnswer(client) }
            }
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// The next head, once all of it is there. Programs that end their lines with a bare LF are understood.
    private func takeHead() throws(WireDefect) -> ByteBuffer? {
        do throws(WireDefect) {
            guard let end = try HeadScanner.end(of: inbound, scanned: &scanned) else { return nil }
            return inbound.readSlice(length: end)
        } catch {
            guard case .bareLineFeed = error else { throw error }
            guard let end = HeadScanner.lenientEnd(of: inbound) else { return nil }
            scanned = 0
            return inbound.readSlice(length: end).map(HeadScanner.completingLineEnds)
        }
    }

    /// Whether the loop goes on.
    private func readBody(_ reader: inout BodyReader) -> Bool {
        guard let client, inbound.readableBytes > 0 else { return false }
        let decodes = client.decodesChunks
        var parts: [ByteRange] = []
        do throws(WireDefect) {
            var count = 0
            var defect: WireDefect?
            inbound.withUnsafeReadableBytes { all in
                do throws(WireDefect) {
                    count = try reader.take(all, payload: { if decodes { parts.append($0) } })
                } catch { defect = error }
            }
            if let defect { throw defect }
            guard let piece = inbound.readSlice(length: count) else { return false }
            phase = .body(reader)
            if decodes {
                for part in parts {
                    if let slice = piece.getSlice(at: piece.readerIndex + part.start, length: part.count) {
                        client.answerContinues(slice)
                    }
                }
            } else {
                client.answerContinues(piece)
            }
            if reader.isDone {
                endAnswer(client)
                return false
            }
            return false
        } catch {
            fail(error)
            return false
        }
    }

    private func endAnswer(_ client: ClientConnection) {
        phase = .idle
        if inbound.readableBytes > 0 { keepsAlive = false }
        inbound = ByteBuffer()
        client.answerEnded()
    }

    private func fail(_ defect: WireDefect) {
        let client = client
        let isInBody = if case .body = phase { true } else { false }
        close()
        if isInBody { client?.answerBroke() } else { client?.answerUnreadable(defect) }
    }
}
