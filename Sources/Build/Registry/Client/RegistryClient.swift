package import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import OCI
import Synchronization

/// Pulls from and pushes to other registries (OCI distribution-spec v1.1), with logins and with resumption.
package final class RegistryClient: Sendable {
    /// How a transfer goes on.
    package struct Progress: Sendable {
        package let digest: Digest
        /// Bytes transferred so far, and of how many.
        package let done: Int64
        package let size: Int64
    }

    package typealias Report = @Sendable (Progress) -> Void

    let http: HTTPClient
    let credentials: [String: RegistryCredentials]
    private let plainHosts: Set<String>
    let clock: any Clock<Duration>
    private let tokens = Mutex<[String: String]>([:])

    /// - Parameters:
    ///   - http: Its owner shuts it down; by default one that lives as long as the process.
    ///   - credentials: Logins by registry host.
    ///   - plainHosts: Hosts that speak HTTP without TLS; those of this machine do in any case.
    package init(
        http: HTTPClient? = nil, credentials: [String: RegistryCredentials] = [:], plainHosts: Set<String> = [],
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.http = http ?? Self.processWide
        self.credentials = credentials
        self.plainHosts = plainHosts
        self.clock = clock
    }

    /// Like `HTTPClient.shared`, but a connection that is refused is an answer at once, not after many attempts.
    private static let processWide: HTTPClient = {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .follow(max: 5, allowCycles: false),
            timeout: .init(connect: .seconds(8), read: .seconds(60)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// The base URL of a registry.
    func base(_ registry: String) -> String {
        let host = registry == ImageReference.dockerHub ? "registry-1.docker.io" : registry
        let name = host.prefix { $0 != ":" }
        let isPlain =
            plainHosts.contains(registry) || name == "localhost" || name.hasPrefix("127.") || host.hasPrefix("[::1]")
        return (isPlain ? "http://" : "https://") + host
    }

    /// What is asked of one repository.
    struct Scope: Sendable {
        let reference: ImageReference
        var actions = "pull"

        var text: String { "repository:\(reference.repository):\(actions)" }
    }

    /// Sends a request, answering one challenge for a login. Other statuses are returned as they are.
    func send(
        _ scope: Scope, _ method: HTTPMethod, _ target: String, headers: [(String, String)] = [],
        body: HTTPClientRequest.Body? = nil, timeout: TimeAmount = .seconds(30)
    ) async throws -> HTTPClientResponse {
        let host = scope.reference.registry
        var request = HTTPClientRequest(url: target.hasPrefix("http") ? target : base(host) + target)
        request.method = method
        request.body = body
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.headers.add(name: "user-agent", value: "estiba")
        let key = "\(host) \(scope.text)"
        if let known = tokens.withLock({ $0[key] }) {
            request.headers.replaceOrAdd(name: "authorization", value: known)
        }
        let response = try await execute(request, host, timeout)
        guard response.status == .unauthorized else { return response }
        let challenges = response.headers["www-authenticate"]
        guard let challenge = challenges.lazy.compactMap(AuthenticationChallenge.init).first else {
            throw RegistryClientProblem.unauthorized(host: host, why: "it doesn't say how")
        }
        _ = try? await response.body.collect(upTo: 1 << 16)
        let authorization = try await answer(challenge, scope)
        tokens.withLock { $0[key] = authorization }
        request.headers.replaceOrAdd(name: "authorization", value: authorization)
        let second = try await execute(request, host, timeout)
        if second.status == .unauthorized || second.status == .forbidden {
            tokens.withLock { $0[key] = nil }
            let login = credentials[host] == nil ? "none is known" : "the known one is refused"
            throw RegistryClientProblem.unauthorized(host: host, why: login)
        }
        return second
    }

    private func execute(
        _ request: HTTPClientRequest, _ host: String, _ timeout: TimeAmount
    ) async throws -> HTTPClientResponse {
        do {
            return try await http.execute(request, timeout: timeout)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw RegistryClientProblem.unreachable(host: host, cause: error)
        }
    }

    private struct Token: Decodable {
        var token: String?
        var access_token: String?
    }

    private func answer(_ challenge: AuthenticationChallenge, _ scope: Scope) async throws -> String {
        let host = scope.reference.registry
        let login = credentials[host]
        guard case .bearer(let realm, let service, let asked) = challenge else {
            guard let login else { throw RegistryClientProblem.unauthorized(host: host, why: "none is known") }
            return login.basic
        }
        var query: [String] = []
        if let service { query.append("service=" + Self.escape(service)) }
        query.append("scope=" + Self.escape(asked ?? scope.text))
        var request = HTTPClientRequest(url: realm + (realm.contains("?") ? "&" : "?") + query.joined(separator: "&"))
        if let login { request.headers.add(name: "authorization", value: login.basic) }
        let response = try await execute(request, host, .seconds(30))
        let body = try await response.body.collect(upTo: 1 << 20)
        guard response.status == .ok else {
            throw RegistryClientProblem.unauthorized(
                host: host, why: "its token service answers \(response.status.code)")
        }
        let token: Token = try DocumentCoding.decode(from: body.readableBytesView, as: "token of \(host)")
        guard let value = token.token ?? token.access_token else {
            throw RegistryClientProblem.unexpected(host: host, what: "sends an empty token")
        }
        return "Bearer " + value
    }

    /// Percent-encoding for a query (RFC 3986 §2).
    static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return text.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E, 0x2F, 0x3A:
                String(UnicodeScalar(byte))
            default: "%" + String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            }
        }.joined()
    }

    /// A problem for a status that isn't wanted.
    func refusal(_ response: HTTPClientResponse, _ what: String, _ reference: ImageReference) async
        -> RegistryClientProblem
    {
        if response.status == .notFound { return .notFound(reference) }
        let body = try? await response.body.collect(upTo: 1 << 16)
        let text = String((body.map { String(buffer: $0) } ?? "").prefix(300))
        return .refused(host: reference.registry, what: what, status: Int(response.status.code), body: text)
    }
}
