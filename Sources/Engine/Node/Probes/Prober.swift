package import AsyncHTTPClient
package import Kube
package import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Problems

/// Tries probes that go over the network.
package struct Prober: Sendable {
    /// What a probe found.
    package struct Outcome: Sendable, Equatable {
        package var isSuccess: Bool
        package var message: String

        package init(isSuccess: Bool, message: String = "") {
            self.isSuccess = isSuccess
            self.message = message
        }
    }

    private let client: HTTPClient
    private let group: any EventLoopGroup

    package init(client: HTTPClient, group: any EventLoopGroup) {
        self.client = client
        self.group = group
    }

    /// A client for probes: it follows no redirects to elsewhere, verifies no certificates and reuses no connections for long.
    package static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.idleTimeout = .seconds(1)
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = .clientDefault
        configuration.tlsConfiguration?.certificateVerification = .none
        return HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
    }

    /// A status of 200 to 399 within the time is a success.
    package func get(
        host: String, port: Int, path: String, isTLS: Bool, headers: [NameValue], timeout: Double
    ) async -> Outcome {
        var request = HTTPClientRequest(url: "\(isTLS ? "https" : "http")://\(host):\(port)\(path)")
        request.headers.add(name: "user-agent", value: "kube-probe/1.34")
        request.headers.add(name: "accept", value: "*/*")
        request.headers.add(name: "connection", value: "close")
        for header in headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        do {
            let response = try await client.execute(request, timeout: .nanoseconds(Int64(timeout * 1e9)))
            // Taking the body lets the connection end.
            _ = try? await response.body.collect(upTo: 64 << 10)
            let code = response.status.code
            return Outcome(
                isSuccess: (200..<400).contains(code), message: "HTTP probe failed with statuscode: \(code)")
        } catch { return Outcome(isSuccess: false, message: "Get \"\(request.url)\": \(error)") }
    }

    /// A connection within the time is a success.
    package func connect(host: String, port: Int, timeout: Double) async -> Outcome {
        do {
            let channel = try await ClientBootstrap(group: group)
                .connectTimeout(.nanoseconds(Int64(timeout * 1e9)))
                .connect(host: host, port: port).get()
            try? await channel.close().get()
            return Outcome(isSuccess: true)
        } catch { return Outcome(isSuccess: false, message: "dial tcp \(host):\(port): \(brief(error))") }
    }
}
