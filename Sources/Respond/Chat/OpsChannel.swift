package import Delivery
package import Logging
import Problems
package import Store

/// Carries out what people ask for in the channel. Whoever meets this decides who may do what.
package protocol ChatOperations: Sendable {
    /// Does it, and says in a sentence or two what has happened or been started.
    func perform(_ intent: ChatIntent, actor: String) async throws -> String
}

/// `#ops`: where people talk to Estiba and Estiba tells people. Its messages are events of the Journal.
package struct OpsChannel: Sendable {
    package static let name = "#ops"
    package static let estiba = "estiba"

    private let journal: Journal
    private let operations: any ChatOperations
    private let logger: Logger

    package init(journal: Journal, operations: any ChatOperations, logger: Logger) {
        self.journal = journal
        self.operations = operations
        self.logger = logger
    }

    /// Posts what a person says, and Estiba's answer if it was asked something. Returns both, in order.
    package func say(_ text: String, by author: String) async throws -> [ChatMessage] {
        let said = try await post(text, by: author)
        guard let answer = await answer(to: text, by: author) else { return [said] }
        return [said, try await post(answer, by: Self.estiba)]
    }

    /// Posts a message of Estiba's own.
    @discardableResult
    package func tell(_ text: String, about event: DeliveryEvent? = nil) async throws -> ChatMessage {
        try await post(text, by: Self.estiba, about: event)
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

    private func answer(to text: String, by author: String) async -> String? {
        switch ChatGrammar.parse(text) {
        case .talk: return nil
        case .help: return Self.help
        case .incomplete(let verb, let example): return "`\(verb)` needs an environment, for example `\(example)`."
        case .unknown(let word):
            let remedy = Suggestion.nearest(to: word, in: ChatGrammar.verbs).map { "Did you mean `\($0)`?" }
            return "I don't know `\(word)`. \(remedy ?? "`\(ChatGrammar.name) help` lists what I understand.")"
        case let intent:
            do { return try await operations.perform(intent, actor: author) } catch {
                logger.info("chat request refused", metadata: ["chat.author": "\(author)", "error": "\(brief(error))"])
                guard let problem = error as? any Problem else { return ":warning: \(brief(error))" }
                return WireRendering.chat(problem)
            }
        }
    }

    private func post(_ text: String, by author: String, about event: DeliveryEvent? = nil) async throws -> ChatMessage {
        let recorded = try await journal.record(
            .chatMessage, app: event?.app, run: event?.run, release: event?.release, environment: event?.environment,
            service: event?.service, commit: event?.commit, actor: author, message: text, detail: ["channel": Self.name])
        return Self.message(recorded)
    }

    private static func message(_ event: DeliveryEvent) -> ChatMessage {
        ChatMessage(sequence: event.sequence, at: event.at, author: event.actor, text: event.message)
    }

    private static let help = """
        *What I understand*
        `deploy prod` · `despliegue prod`: the newest commit as far as an environment
        `approve prod` · `aprueba prod`: let a run go on that waits
        `promote prod`: give the canary all of the traffic
        `rollback prod` · `revierte prod`: back to the release before
        `status` · `estado`: what runs where
        `alert` · `alerta`: the latest incident
        With several apps write `app/prod`. Address me as `\(ChatGrammar.name)` in the middle of a conversation.
        """
}
