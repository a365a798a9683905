import Chat
import EstibaTesting
import Logging
import Problems
import Store
import Testing

private struct Scripted: ChatOperations {
    func perform(_ intent: ChatIntent, actor: String) async throws -> String {
        if actor != "ana" {
            throw PlainProblem("access.denied", "\(actor) may not deploy", remedy: "Ask ana.", category: .denied)
        }
        return "done: \(intent)"
    }
}

@Suite("the channel")
struct OpsChannelTests {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    func with(_ body: (OpsChannel, Conversation) async throws -> Void) async throws {
        try await TemporaryDirectory.with { directory in
            let channel = OpsChannel(journal: try Journal(path: directory.file("journal.db")))
            try await body(channel, Conversation(channel: channel, operations: Scripted(), logger: logger))
        }
    }

    @Test("keeps what is said and what is answered")
    func answers() async throws {
        try await with { channel, conversation in
            let messages = try await conversation.say("status", by: "ana")
            #expect(messages.map(\.author) == ["ana", "estiba"] && messages[1].text == "done: status")
            let kept = try await channel.messages()
            #expect(kept == messages)
        }
    }

    @Test("does not answer people who talk to each other")
    func silent() async throws {
        try await with { channel, conversation in
            let messages = try await conversation.say("nice weather", by: "ana")
            #expect(messages.count == 1)
        }
    }

    @Test("tells who may not, and what to do")
    func refused() async throws {
        try await with { channel, conversation in
            let answer = try await conversation.say("deploy prod", by: "eve").last
            #expect(answer?.text == ":warning: *eve may not deploy*\n_Ask ana._")
        }
    }

    @Test("suggests the word that was meant")
    func suggestion() async throws {
        try await with { channel, conversation in
            let answer = try await conversation.say("@estiba rolback prod", by: "ana").last
            #expect(answer?.text.contains("Did you mean `rollback`?") == true)
        }
    }

    @Test("followers get messages as they come")
    func follow() async throws {
        try await with { channel, conversation in
            var iterator = await channel.follow().makeAsyncIterator()
            try await channel.tell("canary failed", about: nil)
            #expect(await iterator.next()?.text == "canary failed")
        }
    }
}
