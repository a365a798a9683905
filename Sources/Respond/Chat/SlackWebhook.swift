package import AsyncHTTPClient
package import Logging
import NIOCore
import NIOHTTP1
package import Problems
import ServiceLifecycle

/// Sends Estiba's messages to an incoming webhook of Slack, in order, again and again until Slack has taken them or
/// has refused them for good.
///
/// https://api.slack.com/messaging/webhooks
package struct SlackWebhook: Service {
    private let url: @Sendable () async throws -> String
    private let channel: String?
    private let messages: AsyncStream<ChatMessage>
    private let client: HTTPClient
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void

    /// - Parameters:
    ///   - url: Reads the webhook's address, which may be a secret, whenever it is needed.
    ///   - channel: Instead of the webhook's own.
    ///   - messages: What is to be sent; ends when there is nothing more.
    package init(
        url: @escaping @Sendable () async throws -> String, channel: String?, messages: AsyncStream<ChatMessage>,
        client: HTTPClient = .shared, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.url = url
        self.channel = channel
        self.messages = messages
        self.client = client
        self.logger = logger
        self.pause = pause
    }

    package func run() async throws {
        for await message in messages.cancelOnGracefulShutdown() {
            do { try await deliver(message) } catch is CancellationError { return } catch {
                logger.error("message to Slack given up", metadata: ["error": "\(brief(error))"])
            }
        }
    }

    private func deliver(_ message: ChatMessage) async throws {
        var wait = Duration.seconds(1)
        for attempt in 1...8 {
            switch try await send(message) {
            case .taken: return
            case .refused(let why): throw ChatProblem.slackRefused(why)
            case .later(let seconds):
                if attempt == 8 { break }
                try await pause(seconds.map { .seconds($0) } ?? wait)
                wait = min(wait * 2, .seconds(60))
            }
        }
        throw ChatProblem.slackUnreachable
    }

    private enum Outcome {
        case taken
        case refused(String)
        /// Seconds that Slack asks for.
        case later(Int?)
    }

    private func send(_ message: ChatMessage) async throws -> Outcome {
        var request = HTTPClientRequest(url: try await url())
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        var fields = ["\"text\":\(WireRendering.quote(message.text))"]
        if let channel { fields.append("\"channel\":\(WireRendering.quote(channel))") }
        request.body = .bytes(ByteBuffer(string: "{\(fields.joined(separator: ","))}"))
        do {
            let response = try await client.execute(request, timeout: .seconds(15))
            let body = String(buffer: try await response.body.collect(upTo: 1 << 16))
            switch response.status.code {
            case 200..<300: return .taken
            case 429: return .later(response.headers.first(name: "retry-after").flatMap { Int($0) })
            case 500...: return .later(nil)
            default: return .refused("\(response.status.code) \(body)")
            }
        } catch is CancellationError { throw CancellationError() } catch {
            logger.warning("Slack can't be reached, trying again", metadata: ["error": "\(brief(error))"])
            return .later(nil)
        }
    }
}

/// What goes wrong with messages.
package enum ChatProblem: Problem {
    case slackRefused(String)
    case slackUnreachable

    package var code: String {
        switch self {
        case .slackRefused: "chat.slack-refused"
        case .slackUnreachable: "chat.slack-unreachable"
        }
    }
    package var summary: String {
        switch self {
        case .slackRefused(let why): "Slack refused the message: \(why)"
        case .slackUnreachable: "Slack could not be reached"
        }
    }
    package var remedy: String? {
        "Check the webhook in the configuration (chat.slack.webhook) or the secret it names."
    }
    package var category: ProblemCategory { .unavailable }
}
