import Glibc
import NIOCore
import NIOPosix
package import Problems

/// The listening socket and the event loops behind it. It serves whatever table was installed last.
package final class GatewayServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [ProxyLoop]
    private let settings: GatewaySettings
    package let ledger: TrafficLedger

    /// `ledger`: with as many shards as there are threads, or more, nobody waits for another.
    package init(settings: GatewaySettings, ledger: TrafficLedger, accessLog: AccessLog? = nil) {
        self.settings = settings
        self.ledger = ledger
        let threads = settings.threads > 0 ? settings.threads : System.coreCount
        group = MultiThreadedEventLoopGroup(numberOfThreads: threads)
        var numbers = SystemRandomNumberGenerator()
        var loops: [ProxyLoop] = []
        for (number, eventLoop) in group.makeIterator().enumerated() {
            loops.append(
                ProxyLoop(
                    eventLoop: eventLoop, number: number, settings: settings, ledger: ledger, accessLog: accessLog,
                    seed: numbers.next()))
        }
        self.loops = loops
    }

    /// Puts a new routing table in place on every event loop. Requests under way end as they began.
    package func install(_ table: RoutingTable) async throws {
        for loop in loops { try await loop.install(table).get() }
    }

    /// Listens. The channel's local address tells the port where none was chosen.
    package func bind() async throws -> GatewayListener {
        let byLoop = Dictionary(uniqueKeysWithValues: loops.map { (ObjectIdentifier($0.eventLoop), $0) })
        for loop in loops { loop.start() }
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        guard let loop = byLoop[ObjectIdentifier(channel.eventLoop)] else {
                            throw ChannelError.ioOnClosedChannel
                        }
                        try channel.pipeline.syncOperations.addHandler(ClientConnection(loop: loop))
                    }
                }
                .bind(host: settings.host, port: settings.port).get()
            return GatewayListener(channel: channel)
        } catch {
            let why =
                switch (error as? IOError)?.errnoCode {
                case EADDRINUSE: "the port is in use"
                case EACCES: "permission denied"
                case EADDRNOTAVAIL: "no such address on this machine"
                default: "\(error)"
                }
            throw GatewayProblem.cannotListen(host: settings.host, port: settings.port, why: why)
        }
    }

    /// Stops listening, waits for the requests under way as long as the settings allow, and closes what is left.
    package func shutDown(_ listener: GatewayListener?) async {
        try? await listener?.channel.close()
        let timeout = settings.drainTimeout
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for ended in self.loops.map({ $0.drain() }) { try? await ended.get() }
            }
            group.addTask { try? await Task.sleep(for: .nanoseconds(timeout.nanoseconds)) }
            await group.next()
            group.cancelAll()
            for loop in loops { try? await loop.stop().get() }
        }
        try? await group.shutdownGracefully()
    }
}

/// A socket on which the gateway listens.
package struct GatewayListener: Sendable {
    let channel: any Channel

    /// The port, chosen by the system where the settings say 0.
    package var port: Int { channel.localAddress?.port ?? 0 }
    /// The address, as text.
    package var host: String { channel.localAddress?.ipAddress ?? "" }
}

/// What can go wrong with the gateway as a whole.
package enum GatewayProblem: Problem {
    case cannotListen(host: String, port: Int, why: String)

    package var code: String { "gateway.listen" }
    package var summary: String {
        switch self {
        case .cannotListen(let host, let port, let why): "the gateway can't listen on \(host):\(port): \(why)"
        }
    }
    package var remedy: String? {
        switch self {
        case .cannotListen(_, let port, _):
            "See who uses it with \"ss -ltnp 'sport = :\(port)'\", or set another port for \"gateway\" in the configuration."
        }
    }
    package var category: ProblemCategory { .unavailable }
}
