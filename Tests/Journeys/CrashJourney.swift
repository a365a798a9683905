import Foundation
import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(4)))
    func `kill -9 in the workflow and in the canary: production serves, pods stay, the run goes on`() async throws {
        try await Journey.begin { user in
            let gate = user.root + "/gate"
            let app = try await AppRepository(user, gate: gate)
            try await app.push()
            #expect(try await user.end(of: "hello", 1).status == "ok")
            let before = try await user.runningPods("hello-prod")
            #expect(!before.isEmpty)
            let address = try await user.kubectl(
                "get", "service", "web", "-n", "hello-prod", "-o", "jsonpath={.spec.clusterIP}")
            let production = Traffic(url: "http://\(address)/cgi-bin/page", host: "hello.localhost")

            // In the workflow.
            try Data().write(to: URL(filePath: gate))
            try app.page("echo version 2")
            try await app.commit("pages: the second version")
            try await app.push()
            _ = try await user.progress("hello", 2) { $0.stage == "ci" && $0.detail.contains("wait at the gate") }
            let status = try await user.estiba("status").text
            #expect(status.contains("hello/2") && status.contains("wait at the gate"))
            let outage = try await production.during {
                try await user.crash()
            }
            #expect(outage.seen.failures == 0 && !outage.seen.answers.isEmpty)
            #expect(try await user.runningPods("hello-prod") == before)
            try FileManager.default.removeItem(atPath: gate)

            // In the canary, which waits for traffic.
            _ = try await user.progress("hello", 2) { $0.stage == "prod" && $0.canary != nil }
            let both = try await user.runningPods("hello-prod")
            #expect(both.count == 2)
            let second = try await production.during {
                try await user.crash()
            }
            #expect(second.seen.failures == 0)
            #expect(try await user.runningPods("hello-prod") == both)
            let (end, seen) = try await user.traffic("hello").during { try await user.end(of: "hello", 2) }
            #expect(end.status == "ok", "\(end)")
            #expect(seen.failures == 0)
            #expect(seen.answers.last?.body == "version 2\n")
        }
    }
}

extension Journey {
    /// Container identifiers of the pods of a namespace, with the starts that each has had.
    func runningPods(_ namespace: String) async throws -> Set<String> {
        let path =
            "{range .items[*].status.containerStatuses[*]}{.containerID} {.restartCount} {.state.running.startedAt}{'\\n'}{end}"
        return Set(
            try await kubectl(
                "get", "pods", "-n", namespace, "--field-selector=status.phase=Running", "-o", "jsonpath=\(path)"
            )
            .split(separator: "\n").map(String.init))
    }
}
