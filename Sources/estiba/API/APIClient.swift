import AsyncHTTPClient
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Problems

/// The command line's way to the server that owns a data directory.
struct APIClient: Sendable {
    let endpoints: Endpoints
    let token: String

    /// A run may say nothing for as long as its compiler does, so silence is no failure.
    private static let http = HTTPClient(
        eventLoopGroupProvider: .singleton,
        configuration: HTTPClient.Configuration(timeout: .init(connect: .seconds(10))))

    /// - Throws: a problem that says how to start the server, if none runs.
    init(_ directory: DataDirectory) throws {
        guard let data = try? Data(contentsOf: URL(filePath: directory.endpointsFile)),
            let endpoints = try? JSONDecoder().decode(Endpoints.self, from: data)
        else {
            throw PlainProblem(
                "client.no-server", "no server has been started on \(directory.path)",
                remedy:
                    "Start one with \"estiba server --data \(directory.path)\", or name another directory with --data.",
                category: .unavailable)
        }
        guard let token = try? String(contentsOfFile: directory.adminToken, encoding: .utf8) else {
            throw PlainProblem(
                "client.token", "can't read \(directory.adminToken)",
                remedy: "Run the command as the user who runs the server.", category: .denied)
        }
        self.endpoints = endpoints
        self.token = token.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func get<Answer: Decodable>(_ path: String, query: [(String, String?)] = [], as type: Answer.Type) async throws
        -> Answer
    {
        try await decode(send(.GET, endpoints.url(\.console) + path + Self.encode(query)))
    }

    func post<Answer: Decodable>(_ path: String, _ body: some Encodable, as type: Answer.Type) async throws -> Answer {
        try await decode(send(.POST, endpoints.url(\.console) + path, body: JSONEncoder().encode(body)))
    }

    /// The raw answer, for protocols that have their own shapes; `refused` reads their refusals.
    func raw(
        _ url: String, query: [(String, String?)] = [], refused: (Int, Data) -> any Problem = Self.problem
    ) async throws -> Data {
        try await collect(send(.GET, url + Self.encode(query), refused: refused))
    }

    /// The lines of an answer as they come.
    func lines(_ path: String, posting body: Data? = nil) async throws -> AsyncThrowingStream<String, any Error> {
        let method: HTTPMethod = body == nil ? .GET : .POST
        let response = try await send(method, endpoints.url(\.console) + path, body: body, timeout: .hours(12))
        return AsyncThrowingStream { continuation in
            let reading = Task {
                do {
                    var pending = ""
                    for try await piece in response.body {
                        pending += String(buffer: piece)
                        while let end = pending.firstIndex(of: "\n") {
                            continuation.yield(String(pending[..<end]))
                            pending = String(pending[pending.index(after: end)...])
                        }
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }

    private func send(
        _ method: HTTPMethod, _ url: String, body: Data? = nil, timeout: TimeAmount = .seconds(120),
        refused: (Int, Data) -> any Problem = Self.problem
    ) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "authorization", value: "Bearer \(token)")
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response: HTTPClientResponse
        do { response = try await Self.http.execute(request, timeout: timeout) } catch {
            throw PlainProblem(
                "client.unreachable", "the server at \(endpoints.url(\.console)) does not answer",
                remedy: "Start it with \"estiba server\"; its log says why it stopped.", category: .unavailable,
                cause: error)
        }
        guard (200..<300).contains(response.status.code) else {
            throw refused(Int(response.status.code), try await collect(response))
        }
        return response
    }

    private func collect(_ response: HTTPClientResponse) async throws -> Data {
        Data(buffer: try await response.body.collect(upTo: 256 << 20))
    }

    private func decode<Answer: Decodable>(_ response: HTTPClientResponse) async throws -> Answer {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(Answer.self, from: await collect(response))
    }

    private struct ErrorBody: Decodable {
        struct Content: Decodable {
            var code: String
            var message: String
        }
        var error: Content
    }

    private static func problem(_ status: Int, _ body: Data) -> any Problem {
        if let error = try? JSONDecoder().decode(ErrorBody.self, from: body).error {
            return PlainProblem(error.code, error.message)
        }
        return PlainProblem(
            "client.answer", "the server answered \(status): \(String(decoding: body.prefix(300), as: UTF8.self))")
    }

    private static func encode(_ query: [(String, String?)]) -> String {
        var components = URLComponents()
        components.queryItems = query.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
        guard components.queryItems?.isEmpty == false, let text = components.percentEncodedQuery else { return "" }
        return "?" + text.replacingOccurrences(of: "+", with: "%2B")
    }
}
