import Logging
import NIOCore
import NIOPosix

/// Asks the servers of the outside world, one after the other, and brings their answers back.
struct DNSResolver: Sendable {
    let servers: [SocketAddress]
    let group: any EventLoopGroup
    let patience: Duration

    init(servers: [String], group: any EventLoopGroup, patience: Duration = .seconds(2)) {
        self.servers = servers.compactMap { Self.address($0) }
        self.group = group
        self.patience = patience
    }

    /// The `nameserver` lines of a resolver configuration (resolv.conf(5)).
    static func servers(inConfiguration text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            return words.count >= 2 && words[0] == "nameserver" ? String(words[1]) : nil
        }
    }

    /// The answer of the first server that gives one, with the identifier of `message`; nil where none does.
    func ask(_ message: [UInt8], byStream: Bool) async -> [UInt8]? {
        guard message.count >= DNSMessage.headerLength else { return nil }
        for server in servers {
            let id = UInt16.random(in: 0...UInt16.max)
            var question = message
            question[0] = UInt8(id >> 8)
            question[1] = UInt8(truncatingIfNeeded: id)
            let sent = question
            let answer = await withTimeLimit(patience) {
                byStream ? try await exchangeByStream(sent, server) : try await exchangeByDatagram(sent, server)
            }
            if var answer {
                answer[0] = message[0]
                answer[1] = message[1]
                return answer
            }
        }
        return nil
    }

    private func exchangeByDatagram(_ question: [UInt8], _ server: SocketAddress) async throws -> [UInt8]? {
        let channel = try await DatagramBootstrap(group: group).connect(to: server) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>(
                    wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(AddressedEnvelope(remoteAddress: server, data: ByteBuffer(bytes: question)))
            for try await datagram in inbound {
                let bytes = Array(datagram.data.readableBytesView)
                if bytes.count >= DNSMessage.headerLength, bytes.prefix(2) == question.prefix(2) { return bytes }
            }
            return nil
        }
    }

    private func exchangeByStream(_ question: [UInt8], _ server: SocketAddress) async throws -> [UInt8]? {
        let channel = try await ClientBootstrap(group: group).connect(to: server) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(DNSStreamDecoder()))
                return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(DNSStreamDecoder.frame(question))
            for try await message in inbound {
                let bytes = Array(message.readableBytesView)
                if bytes.count >= DNSMessage.headerLength, bytes.prefix(2) == question.prefix(2) { return bytes }
            }
            return nil
        }
    }

    private func withTimeLimit(_ limit: Duration, _ body: @escaping @Sendable () async throws -> [UInt8]?) async
        -> [UInt8]?
    {
        await withTaskGroup(of: [UInt8]?.self) { tasks in
            tasks.addTask { try? await body() }
            tasks.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? nil
        }
    }

    /// `192.0.2.1` or `192.0.2.1:5353`.
    private static func address(_ text: String) -> SocketAddress? {
        let parts = text.split(separator: ":")
        if parts.count == 2, let port = Int(parts[1]) {
            return try? SocketAddress(ipAddress: String(parts[0]), port: port)
        }
        return try? SocketAddress(ipAddress: text, port: 53)
    }
}
