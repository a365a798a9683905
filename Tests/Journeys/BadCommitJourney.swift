import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(3)))
    func `a commit that fails one request in five comes back by itself, and people are told`() async throws {
        try await Webhook.with { slack in
            try await Journey.begin("chat: { slack: { webhook: \"\(slack.url)\", channel: \"#ops\" } }") { user in
                let app = try await AppRepository(user)
                try await app.push()
                #expect(try await user.end(of: "hello", 1).status == "ok")

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
                let message = try #require(await messages.next())
                #expect(message.contains(commit) && message.contains("Ada Lovelace") && message.contains("#ops"))
                #expect(try await user.estiba("status").text.contains("hello-1"))
            }
        }
    }
}
