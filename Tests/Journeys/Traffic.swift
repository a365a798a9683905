import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Users: requests through the gateway, one after the other, until told to stop.
struct Traffic: Sendable {
    let url: String
    let host: String

    /// What users saw.
    struct Seen: Sendable {
        var answers: [(status: Int, body: String)] = []
        var failures: Int { answers.count { $0.status >= 400 } }
    }

    /// Sends requests while `body` runs, at most `limit`.
    func during<Value: Sendable>(limit: Int = 5000, _ body: @escaping @Sendable () async throws -> Value) async throws
        -> (value: Value, seen: Seen)
    {
        try await withThrowingTaskGroup(of: Void.self, returning: (value: Value, seen: Seen).self) { group in
            let users = Users()
            group.addTask {
                for _ in 0..<limit where !Task.isCancelled {
                    if let answer = try await get() { await users.saw(answer) }
                }
            }
            let value = try await body()
            group.cancelAll()
            while let result = await group.nextResult() {
                if case .failure(let error) = result, !(error is CancellationError) { throw error }
            }
            return (value, await users.seen)
        }
    }

    /// One request; nil when it was cancelled.
    func get() async throws -> (status: Int, body: String)? {
        var request = HTTPClientRequest(url: url)
        request.headers.add(name: "host", value: host)
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
            let body = try await response.body.collect(upTo: 1 << 16)
            return (Int(response.status.code), String(buffer: body))
        } catch  where Task.isCancelled { return nil }
    }

    private actor Users {
        var seen = Seen()
        func saw(_ answer: (status: Int, body: String)) { seen.answers.append(answer) }
    }
}

extension Journey {
    /// Users of the page of an app in production.
    func traffic(_ app: String) throws -> Traffic {
        Traffic(url: "http://127.0.0.1:\(try server.endpoints().gateway)/cgi-bin/page", host: "\(app).localhost")
    }
}
