import NIOCore
import NIOPosix

/// One end of a connection, spoken byte by byte: a client that says what a library wouldn't, or a backend that misbehaves.
final class RawConnection {
    private var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    let channel: any Channel
    private var pending: [UInt8] = []

    init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        _ channel: any Channel
    ) {
        iterator = inbound.makeAsyncIterator()
        self.outbound = outbound
        self.channel = channel
    }

    /// A message with its body, chunks put together.
    struct Message: Sendable {
        var line: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
        var text: String { String(decoding: body, as: UTF8.self) }
        var status: Int { Int(line.split(separator: " ")[1]) ?? 0 }
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }
    func send(bytes: [UInt8]) async throws { try await outbound.write(ByteBuffer(bytes: bytes)) }

    /// False at the end of the connection.
    private func fill() async throws -> Bool {
        guard let piece = try await iterator.next() else { return false }
        pending += Array(piece.readableBytesView)
        return true
    }

    /// Everything up to the end of the connection.
    func rest() async throws -> [UInt8] {
        do { while try await fill() {} } catch is IOError {}
        defer { pending = [] }
        return pending
    }

    /// As many bytes as asked for; fewer at the end of the connection.
    func read(_ count: Int) async throws -> [UInt8] {
        while pending.count < count, try await fill() {}
        defer { pending.removeFirst(min(count, pending.count)) }
        return Array(pending.prefix(count))
    }

    /// Reads and counts, without keeping what it reads.
    func skip(_ count: Int) async throws -> (count: Int, sum: UInt64) {
        var seen = 0
        var sum: UInt64 = 0
        while seen < count {
            if pending.isEmpty, try await !fill() { break }
            let part = pending.prefix(count - seen)
            for byte in part { sum = sum &* 31 &+ UInt64(byte) }
            seen += part.count
            pending.removeFirst(part.count)
        }
        return (seen, sum)
    }

    func line() async throws -> String? {
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end].filter { $0 != 0x0D }, as: UTF8.self)
            }
            if try await !fill() { return nil }
        }
    }

    /// The head alone; nil at the end of the connection.
    func head() async throws -> Message? {
        guard let first = try await line() else { return nil }
        var message = Message(line: first, headers: [], body: [])
        while let line = try await line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            message.headers.append(
                (parts[0].lowercased(), parts.count > 1 ? parts[1].trimmingPrefix(" ").description : ""))
        }
        return message
    }

    /// The next message whole. `bodiless`: an answer to HEAD.
    func message(bodiless: Bool = false) async throws -> Message? {
        guard var message = try await head() else { return nil }
        if bodiless { return message }
        if message["transfer-encoding"] == "chunked" {
            while let size = try await line().flatMap({ Int($0.split(separator: ";").first ?? "", radix: 16) }) {
                message.body += try await read(size)
                _ = try await line()
                if size == 0 { break }
            }
        } else if let length = message["content-length"].flatMap({ Int($0) }) {
            message.body = try await read(length)
        }
        return message
    }

    func close() async throws { try await channel.close() }
}

/// Listens on a free port and runs `script` for each connection, as long as `body` runs.
func withBackend(
    _ script: @escaping @Sendable (RawConnection) async throws -> Void,
    _ body: @escaping @Sendable (_ port: Int) async throws -> Void
) async throws {
    let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .bind(host: "127.0.0.1", port: 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    let port = server.channel.localAddress?.port ?? 0
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
            try await withThrowingDiscardingTaskGroup { connections in
                try await server.executeThenClose { accepted in
                    for try await connection in accepted {
                        connections.addTask {
                            try? await connection.executeThenClose { inbound, outbound in
                                try await script(RawConnection(inbound, outbound, connection.channel))
                            }
                        }
                    }
                }
            }
        }
        group.addTask { try await body(port) }
        try await group.next()
        group.cancelAll()
    }
}

/// Connects to a port of this machine, as long as `body` runs.
func withConnection<Result: Sendable>(
    _ port: Int, _ body: @escaping @Sendable (RawConnection) async throws -> Result
) async throws -> Result {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await body(RawConnection(inbound, outbound, channel.channel))
    }
}

/// Sends one request on a connection of its own and returns the answer.
func ask(_ port: Int, _ request: String, bodiless: Bool = false) async throws -> RawConnection.Message {
    try await withConnection(port) { connection in
        try await connection.send(request)
        guard let answer = try await connection.message(bodiless: bodiless) else { throw NoAnswer() }
        return answer
    }
}

/// The connection ended without an answer.
struct NoAnswer: Error {}
