import Foundation
import Linux
import Testing

extension Journeys {
    /// The next message that says something; what else is told meanwhile is passed over.
    private func next(_ messages: inout AsyncStream<String>.Iterator, with words: String) async throws -> String {
        while let message = await messages.next() { if message.contains(words) { return message } }
        throw JourneyProblem("nobody was told \"\(words)\"")
    }

    @Test(.timeLimit(.minutes(3)))
    func `a commit that fails one request in five comes back by itself, and people are told`() async throws {
        try await withWebhooks { slack, own in
            try await Journey.begin("chat: { slack: { webhook: \"\(slack.url)\", channel: \"#ops\" } }") { user in
                try await user.command(Machine.binary, ["secret", "set", "hello-hook"])
                    .run(input: Array(own.url.utf8), timeout: .seconds(30)).checked()
                let app = try await AppRepository(user)
                let file = try String(contentsOfFile: app.path + "/estiba.yml", encoding: .utf8)
                try app.write(
                    "estiba.yml",
                    file + "notify: { slack: { webhook: $secret:hello-hook, channel: \"#hello\" } }\n")
                try await app.commit("hello: tell people")
                try await app.push()
                #expect(try await user.end(of: "hello", 1).status == "ok")
                var notices = own.messages.makeAsyncIterator()
                for place in ["dev", "prod"] {
                    let notice = try await next(&notices, with: "hello-1 is stable in \(place)")
                    #expect(notice.contains("#hello"))
                }

                try app.page("[ $((RANDOM % 5)) != 0 ] && echo version 2")
                let commit = try await app.commit("pages: what could go wrong")
                try await app.push()
                let traffic = try user.traffic("hello")
                let (end, seen) = try await traffic.during { try await user.end(of: "hello", 2) }
                #expect(end.status == "failed")
                #expect(end.detail.contains("came back from prod"))

                // Only the canary failed anybody, and no more often than it does.
                let new = seen.answers.count { $0.body == "version 2\n" || $0.status >= 400 }
                #expect(seen.answers.allSatisfy { $0.status == 200 || $0.body == "broken\n" })
                #expect(seen.failures > 0 && seen.failures < new)
                #expect(new < seen.answers.count)
                for _ in 0..<40 { #expect(try await traffic.get()?.body == "version 1\n") }

                let incident = try await user.estiba("alerts", "--open").text
                for fact in [commit, "Ada Lovelace", "pages: what could go wrong", "hello-2", "errors: canary"] {
                    #expect(incident.contains(fact))
                }
                let channel = try await user.estiba("chat").text
                #expect(channel.contains(commit) && channel.contains("Ada Lovelace"))
                var messages = slack.messages.makeAsyncIterator()
                // Each step is told; the incident is the one with the author.
                var message = try await next(&messages, with: "came back")
                while !message.contains("Ada Lovelace") { message = try await next(&messages, with: "came back") }
                #expect(message.contains(commit) && message.contains("Ada Lovelace") && message.contains("#ops"))
                _ = try await next(&notices, with: "hello-2 is stable in dev")
                let notice = try await next(&notices, with: "hello-2 came back from prod")
                #expect(notice.contains("#hello"))
                #expect(try await user.estiba("status").text.contains("hello-1"))
            }
        }
    }

    /// Two of them: the server's and the app's own.
    private func withWebhooks(_ body: (Webhook, Webhook) async throws -> Void) async throws {
        try await Webhook.with { first in try await Webhook.with { second in try await body(first, second) } }
    }
}
