import FoundationEssentials
package import Hummingbird
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
package import NIOSSL
package import Problems
import ServiceLifecycle

/// An HTTP/1.1 listener, with or without TLS, as a service that stops gracefully.
package struct WebServer<Responder: HTTPResponder>: Service where Responder.Context == WebContext {
    private let name: String
    private let host: String
    private let port: Int
    private let tls: TLSConfiguration?
    private let responder: Responder
    private let logger: Logger
    private let ready: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - name: What listens here, for messages: `registry`.
    ///   - port: 0 takes a free one.
    ///   - ready: Called once with the port that is bound, when connections are accepted.
    package init(
        name: String, host: String = "127.0.0.1", port: Int, tls: TLSConfiguration? = nil, responder: Responder,
        logger: Logger, ready: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.name = name
        self.host = host
        self.port = port
        self.tls = tls
        self.responder = responder
        self.ready = ready
        var logger = logger
        logger[metadataKey: "web.surface"] = "\(name)"
        logger.logLevel = max(logger.logLevel, .notice)
        self.logger = logger
    }

    /// Serves until graceful shutdown; answers under way get two seconds to end.
    ///
    /// - Throws: `ListenProblem` if the port can't be bound.
    package func run() async throws {
        let ready = self.ready
        let application = Application(
            responder: responder,
            server: try tls.map { try .tls(.http1(), tlsConfiguration: $0) } ?? .http1(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: nil, reuseAddress: true),
            onServerRunning: { channel in await ready(channel.localAddress?.port ?? 0) },
            logger: logger)
        var configuration = ServiceGroupConfiguration(services: [.init(service: application)], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(2)
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw ListenProblem(surface: name, host: host, port: port, errnoCode: error.errnoCode)
        }
    }
}

/// Why a listener can't be opened.
package struct ListenProblem: Problem {
    package let surface: String
    package let host: String
    package let port: Int
    package let errnoCode: Int32

    package init(surface: String, host: String, port: Int, errnoCode: Int32) {
        self.surface = surface
        self.host = host
        self.port = port
        self.errnoCode = errnoCode
    }

    package var code: String { "web.listen" }
    package var summary: String {
        switch errnoCode {
        case 98: "the \(surface) can't listen on \(host):\(port): the port is in use"
        case 13: "the \(surface) can't listen on \(host):\(port): permission denied"
        case 99: "the \(surface) can't listen on \(host):\(port): no such address on this machine"
        default: "the \(surface) can't listen on \(host):\(port): error \(errnoCode)"
        }
    }
    package var remedy: String? {
        switch errnoCode {
        case 98:
            "See who uses it with \"ss -ltnp 'sport = :\(port)'\", or set another port for \"\(surface)\" in the configuration."
        default: "Set another address for \"\(surface)\" in the configuration."
        }
    }
    package var category: ProblemCategory { .unavailable }
}
