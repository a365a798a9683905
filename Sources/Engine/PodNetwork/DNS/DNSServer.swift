import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Answers names of the cluster from the current zone and passes all others on, by UDP and TCP.
final class DNSServer: Sendable {
    private typealias Datagrams = NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>
    private typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let zone: Mutex<ClusterZone?>
    private let resolver: DNSResolver
    private let group: any EventLoopGroup
    private let logger: Logger

    init(resolver: DNSResolver, group: any EventLoopGroup, logger: Logger) {
        zone = Mutex(nil)
        self.resolver = resolver
        self.group = group
        self.logger = logger
    }

    /// From now on answers come from this zone. Before the first, names of the cluster are answered with a server failure,
    /// which makes clients ask again.
    func update(_ newZone: ClusterZone) { zone.withLock { $0 = newZone } }

    /// Listens until the task is cancelled; port 0 takes a free one. `onListening` is called with the port once both sockets are
    /// bound to it.
    func run(host: String, port: Int, onListening: @Sendable (Int) -> Void) async throws {
        let datagrams: Datagrams
        let connections: NIOAsyncChannel<Stream, Never>
        do {
            connections = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(DNSStreamDecoder()))
                        return try Stream(wrappingChannelSynchronously: channel)
                    }
                }
        } catch { throw PodNetworkProblem.dnsBind(address: host, port: port, why: String(describing: error)) }
        let port = connections.channel.localAddress?.port ?? port
        do {
            datagrams = try await DatagramBootstrap(group: group)
                .channelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture { try Datagrams(wrappingChannelSynchronously: channel) }
                }
        } catch {
            try? await connections.executeThenClose { _ in }
            throw PodNetworkProblem.dnsBind(address: host, port: port, why: String(describing: error))
        }
        onListening(port)
        try await withThrowingDiscardingTaskGroup { tasks in
            tasks.addTask { try await self.serve(datagrams) }
            tasks.addTask { try await self.serve(connections) }
        }
    }

    private func serve(_ channel: Datagrams) async throws {
        try await channel.executeThenClose { inbound, outbound in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await datagram in inbound {
                    let message = Array(datagram.data.readableBytesView)
                    switch decide(message, byStream: false) {
                    case .done(let answer):
                        guard let answer else { continue }
                        try await outbound.write(
                            AddressedEnvelope(remoteAddress: datagram.remoteAddress, data: ByteBuffer(bytes: answer)))
                    case .outside(let work):
                        tasks.addTask {
                            guard let answer = await work.run(self.resolver) else { return }
                            try await outbound.write(
                                AddressedEnvelope(
                                    remoteAddress: datagram.remoteAddress, data: ByteBuffer(bytes: answer)))
                        }
                    }
                }
            }
        }
    }

    private func serve(_ listener: NIOAsyncChannel<Stream, Never>) async throws {
        try await listener.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { tasks in
                for try await connection in connections {
                    tasks.addTask { try? await self.serve(connection) }
                }
            }
        }
    }

    private func serve(_ connection: Stream) async throws {
        try await connection.executeThenClose { inbound, outbound in
            for try await buffer in inbound {
                let message = Array(buffer.readableBytesView)
                let answer: [UInt8]? =
                    switch decide(message, byStream: true) {
                    case .done(let answer): answer
                    case .outside(let work): await work.run(resolver)
                    }
                guard let answer else { return }
                try await outbound.write(DNSStreamDecoder.frame(answer))
            }
        }
    }

    private enum Decision {
        case done([UInt8]?)
        case outside(DNSOutsideWork)
    }

    private func decide(_ message: [UInt8], byStream: Bool) -> Decision {
        guard let query = DNSQuery.parse(message) else { return .done(DNSResponse.formatError(message)) }
        let limit = byStream ? 65535 : min(query.datagramSize ?? 512, 1232)
        guard let zone = zone.withLock({ $0 }) else {
            return .done(DNSResponse(code: .serverFailure, isAuthoritative: false).bytes(for: query, limit: limit))
        }
        let work = DNSOutsideWork(message: message, query: query, limit: limit, byStream: byStream, alias: nil)
        switch zone.resolve(query) {
        case .answer(let response): return .done(response.bytes(for: query, limit: limit))
        case .forward: return .outside(work)
        case .follow(let alias, let target): return .outside(work.following(alias, to: target))
        }
    }
}
