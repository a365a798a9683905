import NIOCore
import NIOHTTP1
import NIOPosix

/// A server that takes what is posted to it, as Slack's incoming webhooks do.
struct Webhook: Sendable {
    let url: String
    /// The bodies, in the order in which they come.
    let messages: AsyncStream<String>

    /// Listens on a free port for the length of `body`.
    static func with(_ body: (Webhook) async throws -> Void) async throws {
        let (messages, feed) = AsyncStream<String>.makeStream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.pipeline.configureHTTPServerPipeline().flatMapThrowing {
                    try channel.pipeline.syncOperations.addHandler(Taking(feed: feed))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(
                Webhook(url: "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/services/hook", messages: messages))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Taking: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart
        private let feed: AsyncStream<String>.Continuation
        private var text = ""

        init(feed: AsyncStream<String>.Continuation) { self.feed = feed }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head: text = ""
            case .body(let buffer): text += String(buffer: buffer)
            case .end:
                feed.yield(text)
                let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "2"])
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "ok")))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
