package import Delivery
package import Store

/// `#ops`: where people talk to Estiba and Estiba tells people. Its messages are events of the Journal.
package struct OpsChannel: Sendable {
    package static let name = "#ops"
    package static let estiba = "estiba"

    private let journal: Journal

    package init(journal: Journal) {
        self.journal = journal
    }

    /// Posts a message of Estiba's own.
    package func tell(_ text: String, about event: DeliveryEvent?) async throws {
        _ = try await post(text, by: Self.estiba, about: event)
    }

    /// The newest messages, oldest first.
    package func messages(after sequence: Int64 = 0, limit: Int = 100) async throws -> [ChatMessage] {
        try await journal.events(.init(kinds: [.chatMessage]), after: sequence, limit: limit).map(Self.message)
    }

    /// Messages from now on.
    package func follow() async -> AsyncStream<ChatMessage> {
        let events = await journal.follow(.init(kinds: [.chatMessage]))
        return AsyncStream { continuation in
            let reading = Task {
                for await event in events { continuation.yield(Self.message(event)) }
                continuation.finish()
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }

    func post(_ text: String, by author: String, about event: DeliveryEvent? = nil) async throws -> ChatMessage {
        let recorded = try await journal.record(
            .chatMessage, app: event?.app, run: event?.run, release: event?.release, environment: event?.environment,
            service: event?.service, commit: event?.commit, actor: author, message: text, detail: ["channel": Self.name]
        )
        return Self.message(recorded)
    }

    private static func message(_ event: DeliveryEvent) -> ChatMessage {
        ChatMessage(sequence: event.sequence, at: event.at, author: event.actor, text: event.message)
    }
}
