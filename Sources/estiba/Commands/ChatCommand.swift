import ArgumentParser
import Chat
import Foundation

/// `estiba chat`
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat", abstract: "Read the #ops channel, or say something there.",
        discussion: "Example:  estiba chat \"rollback prod\"")
    @OptionGroup var server: ServerOptions
    @Argument(help: "What to say; nothing prints the newest messages.") var text: [String] = []

    func run() async throws {
        do {
            let client = try APIClient(server.directory)
            let messages =
                text.isEmpty
                ? try await client.get("/api/v1/chat", as: [ChatMessage].self)
                : try await client.post(
                    "/api/v1/chat", ChatOrder(text: text.joined(separator: " ")), as: [ChatMessage].self)
            if server.json { return try printJSON(messages) }
            let style = Style.detect()
            for message in messages {
                let author =
                    message.author == OpsChannel.estiba ? style.accent(message.author) : style.bold(message.author)
                let lines = message.text.split(separator: "\n", omittingEmptySubsequences: false)
                print(style.dim(message.at.formatted(.iso8601)), author, lines.first ?? "")
                for line in lines.dropFirst() { print("    \(line)") }
            }
        } catch { throw fail(error) }
    }
}
