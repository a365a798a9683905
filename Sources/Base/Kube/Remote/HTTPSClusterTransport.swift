import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL

import struct FoundationEssentials.Data

/// The way to a cluster over the network.
package final class HTTPSClusterTransport: ClusterTransport {
    private let configuration: Kubeconfig
    private let client: HTTPClient
    private let readFile: @Sendable (String) throws -> [UInt8]

    /// Connects nothing yet.
    ///
    /// - Parameter readFile: Reads the token of credentials that name a file.
    /// - Throws: `KubeconfigProblem` if a certificate or key can't be read.
    package init(_ configuration: Kubeconfig, readFile: @escaping @Sendable (String) throws -> [UInt8]) throws {
        self.configuration = configuration
        self.readFile = readFile
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        settings.tlsConfiguration = try Self.tls(configuration)
        // A quiet watch is silent for a long time: only connecting has a limit.
        settings.timeout = HTTPClient.Configuration.Timeout(connect: .seconds(10))
        // Every watch holds a connection of its own over HTTP/1.1.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        if let name = configuration.serverName, let host = Self.host(configuration.server) {
            settings.dnsOverride = [name: host]
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// Ends all connections. Nothing can be sent afterwards.
    package func close() async throws { try await client.shutdown() }

    package func send(_ request: ClusterRequest) async throws -> ClusterResponse {
        var message = HTTPClientRequest(url: base + request.path + Self.query(request.query))
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.replaceOrAdd(name: name, value: value) }
        if let authorization = try authorization() {
            message.headers.replaceOrAdd(name: "authorization", value: authorization)
        }
        if !request.body.isEmpty { message.body = .bytes(request.body) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(message, deadline: .distantFuture)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ClusterProblem.unreachable(server: configuration.server, why: "\(error)")
        }
        var headers: [String: String] = [:]
        for (name, value) in response.headers { headers[name.lowercased()] = value }
        let reader = BodyReader(response.body, server: configuration.server)
        return ClusterResponse(
            status: Int(response.status.code), headers: headers,
            body: .stream(AsyncThrowingStream { try await reader.next() }))
    }

    /// The certificate is checked against the host of the address, so that one with another name is asked for by that.
    private var base: String {
        guard let name = configuration.serverName, let host = Self.host(configuration.server) else {
            return configuration.server
        }
        return configuration.server.replacing(host, with: name, maxReplacements: 1)
    }

    private func authorization() throws -> String? {
        switch configuration.credentials {
        case .none, .certificate: nil
        case .token(let token): "Bearer \(token)"
        case .tokenFile(let path):
            "Bearer " + String(decoding: try readFile(path).filter { $0 > 0x20 }, as: UTF8.self)
        case .basic(let user, let password):
            "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        }
    }

    private static func tls(_ configuration: Kubeconfig) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        do {
            if let authority = configuration.authority {
                tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(authority))
            }
            if case .certificate(let chain, let key) = configuration.credentials {
                tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) }
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
            }
        } catch {
            throw KubeconfigProblem("a certificate or key in it is not valid PEM: \(error)")
        }
        if configuration.skipsVerification { tls.certificateVerification = .none }
        return tls
    }

    /// The host of `https://host:port/…`.
    static func host(_ server: String) -> String? {
        guard let start = server.firstRange(of: "://")?.upperBound else { return nil }
        let rest = server[start...].prefix { $0 != "/" }
        if rest.hasPrefix("[") { return rest.dropFirst().prefix { $0 != "]" }.description }
        return rest.prefix { $0 != ":" }.description
    }

    /// `?a=b&c=d`, percent-encoded (RFC 3986 §2.3 leaves letters, digits and `-._~`).
    static func query(_ pairs: [(name: String, value: String)]) -> String {
        if pairs.isEmpty { return "" }
        return "?" + pairs.map { "\(escape($0.name))=\(escape($0.value))" }.joined(separator: "&")
    }

    private static func escape(_ text: String) -> String {
        var out: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.append(byte)
            default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

/// Reads a body piece by piece; dropping it ends the request.
private actor BodyReader {
    private var iterator: HTTPClientResponse.Body.AsyncIterator
    private let server: String

    init(_ body: HTTPClientResponse.Body, server: String) {
        iterator = body.makeAsyncIterator()
        self.server = server
    }

    func next() async throws -> [UInt8]? {
        var iterator = self.iterator
        do {
            guard let buffer = try await iterator.next(isolation: #isolation) else { return nil }
            self.iterator = iterator
            return Array(buffer.readableBytesView)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ClusterProblem.unreachable(server: server, why: "\(error)")
        }
    }
}
