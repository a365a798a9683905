/// A request to a Kubernetes API server, as it would stand on the wire.
package struct ClusterRequest: Sendable {
    package var method: String
    /// With its leading slash, percent-encoded.
    package var path: String
    package var query: [(name: String, value: String)]
    /// Header names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(
        _ method: String, _ path: String, query: [(name: String, value: String)] = [], headers: [String: String] = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    package func query(_ name: String) -> String? { query.first { $0.name == name }?.value }
}

/// An answer: its body arrives in pieces, at once for an object and over time for a watch or a log.
package struct ClusterResponse: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: Body

    package init(status: Int, headers: [String: String] = [:], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A body that is there, or one that streams.
    package enum Body: Sendable {
        case bytes([UInt8])
        case stream(AsyncThrowingStream<[UInt8], any Error>)
    }

    /// The whole body. Only for answers that end.
    package func collect(upTo limit: Int = 512 << 20) async throws -> [UInt8] {
        switch body {
        case .bytes(let bytes): return bytes
        case .stream(let stream):
            var all: [UInt8] = []
            for try await piece in stream {
                all += piece
                if all.count > limit { throw ClusterProblem.tooLarge(limit: limit) }
            }
            return all
        }
    }

    /// The pieces of the body as they come.
    package var pieces: AsyncThrowingStream<[UInt8], any Error> {
        switch body {
        case .stream(let stream): stream
        case .bytes(let bytes):
            AsyncThrowingStream { continuation in
                continuation.yield(bytes)
                continuation.finish()
            }
        }
    }
}

/// The one way to a cluster: in process to the embedded API server, or by HTTPS to any other.
package protocol ClusterTransport: Sendable {
    /// Cancelling the task, or dropping the stream of the answer, ends the request.
    func send(_ request: ClusterRequest) async throws -> ClusterResponse
}
