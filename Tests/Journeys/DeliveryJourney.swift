import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(3)))
    func `a push goes through the workflow and dev to production, and the next one through a canary`() async throws {
        try await Journey.begin { user in
            let app = try await AppRepository(user)
            try await app.push()
            #expect(try await user.end(of: "hello", 1).status == "ok")
            let gateway = "http://127.0.0.1:\(try user.server.endpoints().gateway)/cgi-bin/page"
            #expect(try await user.curl(gateway, host: "hello.localhost") == "version 1\n")
            #expect(try await user.curl(gateway, host: "dev.hello.localhost") == "version 1\n")

            try app.page("echo version 2")
            let commit = try await app.commit("pages: the second version")
            try await app.push()
            let (end, seen) = try await user.traffic("hello").during { try await user.end(of: "hello", 2) }
            #expect(end.status == "ok", "\(end)")
            #expect(seen.failures == 0)
            #expect(Set(seen.answers.map(\.body)) == ["version 1\n", "version 2\n"])
            #expect(seen.answers.last?.body == "version 2\n")

            let status = try await user.estiba("status").text
            #expect(status.contains("prod") && status.contains("hello-2") && status.contains(commit))
            let history = try await user.estiba("history", "--env", "prod").text
            #expect(history.contains("release.promoted") && history.contains("Ada Lovelace"))
            #expect(try await user.estiba("rollback", "prod").status.isSuccess)
            #expect(try await user.curl(gateway, host: "hello.localhost") == "version 1\n")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `series and log lines say which commit they come from`() async throws {
        try await Journey.begin { user in
            let app = try await AppRepository(user)
            try app.page("[ $((RANDOM % 2)) = 0 ] && echo half of the time")
            let commit = try await app.commit("pages: half of the time")
            try await app.push()
            #expect(try await user.end(of: "hello", 1).status == "ok")
            let traffic = try user.traffic("hello")
            while let answer = try await traffic.get(), answer.status != 500 {}
            let labels = [
                "app=\"hello\"", "service=\"web\"", "env=\"prod\"", "release=\"hello-1\"", "commit=\"\(commit)\"",
                "track=\"stable\"",
            ]
            let series = try await user.eventually("the gateway's counts are kept") {
                let text = try await user.estiba("query", "estiba_gateway_requests_total{code=\"500\"}").text
                return text.contains("hello-1") ? text : nil
            }
            for label in labels { #expect(series.contains(label)) }
            let selector = "{\(labels.joined(separator: ", "))} |= \"broken\""
            let lines = try await user.eventually("the pod's lines are kept") {
                let text = try await user.estiba("logs", selector).text
                return text.isEmpty ? nil : text
            }
            #expect(lines.contains("the page is broken"))
        }
    }
}
