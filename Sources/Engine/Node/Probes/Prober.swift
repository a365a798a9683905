import AsyncHTTPClient
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

    private let group: any EventLoopGroup

    package init(group: any EventLoopGroup) { self.group = group }

    /// Follows no redirects, verifies no certificates: a probe asks whether a program answers, not who it is.
    private static var clientConfiguration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.tlsConfiguration = .clientDefault
        configuration.tlsConfiguration?.certificateVerification = .none
        return configuration
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
        // Each probe makes a connection of its own, as the first request of a real client would.
        let client = HTTPClient(eventLoopGroup: group, configuration: Self.clientConfiguration)
        let outcome = await Self.execute(request, client, timeout)
        try? await client.shutdown()
        return outcome
    }

    private static func execute(_ request: HTTPClientRequest, _ client: HTTPClient, _ timeout: Double) async -> Outcome
    {
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
