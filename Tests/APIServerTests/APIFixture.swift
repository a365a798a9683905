import Foundation
import Kube
import Store
import Synchronization

@testable import APIServer

/// An API server of its own for one test, with a clock that the test moves.
struct APIFixture: Sendable {
    let api: KubernetesAPI
    let log: RevisionLog
    let clock: TestClock

    static func with(
        _ settings: APIServerSettings = APIServerSettings(), _ body: (APIFixture) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "estiba-api-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let clock = TestClock()
        let log = try RevisionLog.open(path: folder + "/log.sqlite", now: { clock.now })
        let api = KubernetesAPI(log: log, settings: settings, logs: PretendLogs(), now: { clock.now })
        try await api.furnish()
        try await body(APIFixture(api: api, log: log, clock: clock))
    }

    /// A request and its answer, parsed.
    @discardableResult
    func call(
        _ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json",
        accept: String? = nil
    ) async throws -> (status: Int, body: JSON) {
        let response = try await send(method, target, body, type: type, accept: accept)
        let bytes = try await response.collect()
        return (response.status, (try? JSON.parse(bytes)) ?? .string(String(decoding: bytes, as: UTF8.self)))
    }

    func send(
        _ method: String, _ target: String, _ body: JSON? = nil, type: String = "application/json",
        accept: String? = nil
    ) async throws -> ClusterResponse {
        let parts = target.split(separator: "?", maxSplits: 1)
        var request = ClusterRequest(
            method, String(parts[0]), query: APIResponder.query(parts.count > 1 ? String(parts[1]) : ""))
        if let body {
            request.body = body.bytes
            request.headers["content-type"] = type
        }
        if let accept { request.headers["accept"] = accept }
        return try await api.respond(to: request, as: .inProcess)
    }

    /// The events of a watch, one after another.
    func watch(_ target: String, accept: String? = nil) async throws -> WatchReader {
        WatchReader(try await send("GET", target, accept: accept).pieces)
    }
}

/// A clock that stands until it is moved.
final class TestClock: Sendable {
    private let seconds = Mutex(1_795_251_600.0)
    var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
    func advance(_ by: Double) { seconds.withLock { $0 += by } }
}

/// Reads the lines of a watch.
actor WatchReader {
    private var iterator: AsyncThrowingStream<[UInt8], any Error>.Iterator
    private var splitter = LineSplitter()
    private var lines: [[UInt8]] = []

    init(_ pieces: AsyncThrowingStream<[UInt8], any Error>) { iterator = pieces.makeAsyncIterator() }

    /// The next event, or nil at the end.
    func next() async throws -> JSON? {
        while lines.isEmpty {
            var iterator = self.iterator
            guard let piece = try await iterator.next(isolation: #isolation) else { return nil }
            self.iterator = iterator
            lines = splitter.feed(piece)
        }
        return try JSON.parse(lines.removeFirst())
    }
}

/// Logs that say what was asked for.
struct PretendLogs: PodLogs {
    func log(of container: PodLogTarget, _ options: PodLogOptions) async throws -> AsyncThrowingStream<
        [UInt8], any Error
    > {
        AsyncThrowingStream { continuation in
            continuation.yield(Array("hello from \(container.pod)/\(container.container)\n".utf8))
            if let lines = options.tailLines { continuation.yield(Array("tail \(lines)\n".utf8)) }
            continuation.finish()
        }
    }
}

/// Objects that tests write.
enum Sample {
    static func deployment(_ name: String, replicas: Int64 = 2) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name)],
            "spec": [
                "replicas": .int(replicas), "selector": ["matchLabels": ["app": .string(name)]],
                "template": [
                    "metadata": ["labels": ["app": .string(name)]],
                    "spec": ["containers": [["name": "web", "image": "web:1"]]],
                ],
            ],
        ]
    }

    static func pod(_ name: String, node: String? = nil) -> JSON {
        var pod: JSON = [
            "apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name), "labels": ["app": .string(name)]],
            "spec": ["containers": [["name": "web", "image": "web"]]],
        ]
        if let node { pod[path: "spec", "nodeName"] = .string(node) }
        return pod
    }

    static func configMap(_ name: String, _ data: [String: String] = ["k": "v"]) -> JSON {
        ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)], "data": JSON(data)]
    }

    static func service(_ name: String) -> JSON {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
            "spec": ["selector": ["app": .string(name)], "ports": [["port": 80]]],
        ]
    }
}
