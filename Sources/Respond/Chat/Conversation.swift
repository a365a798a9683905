package import Logging
import Problems

/// Carries out what people ask for in the channel. Whoever meets this decides who may do what.
package protocol ChatOperations: Sendable {
    /// Does it, and says in a sentence or two what has happened or been started.
    func perform(_ intent: ChatIntent, actor: String) async throws -> String
}

/// Estiba's side of the talk in the channel.
package struct Conversation: Sendable {
    private let channel: OpsChannel
    private let operations: any ChatOperations
    private let logger: Logger

    package init(channel: OpsChannel, operations: any ChatOperations, logger: Logger) {
        self.channel = channel
        self.operations = operations
        self.logger = logger
    }

    /// Posts what a person says, and Estiba's answer if it was asked something. Returns both, in order.
    package func say(_ text: String, by author: String) async throws -> [ChatMessage] {
        let said = try await channel.post(text, by: author)
        guard let answer = await answer(to: text, by: author) else { return [said] }
        return [said, try await channel.post(answer, by: OpsChannel.estiba)]
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

    private static let help = """
        *What I understand*
        `deploy prod` · `despliegue prod`: the newest commit as far as an environment
        `approve prod` · `aprueba prod`: let a run go on that waits
        `promote prod`: give the canary all of the traffic
        `rollback prod` · `revierte prod`: back to the release before
        `freeze prod 2d holidays` · `congela prod`: nothing new there until then; `unfreeze prod` · `descongela prod` ends it
        `status` · `estado`: what runs where
        `alert` · `alerta`: the latest incident
        With several apps write `app/prod`. Address me as `\(ChatGrammar.name)` in the middle of a conversation.
        """
}
