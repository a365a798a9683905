import Delivery
import EstibaTesting
import Foundation
import Identity
import Problems
import Testing

@testable import estiba

struct AppNoticeTests {
    private func text(
        _ kind: DeliveryEvent.Kind, _ message: String, actor: String = "ada", _ detail: [String: String] = [:]
    ) throws -> String? {
        AppNotice.text(
            DeliveryEvent(
                kind, at: .distantPast, app: try AppName("harbour"), run: RunID(app: try AppName("harbour"), number: 3),
                commit: "3f2a9c1", actor: actor, message: message, detail: detail))
    }

    @Test func `people hear of what serves, waits, goes back and fails`() throws {
        #expect(
            try text(.deploySucceeded, "harbour-3 is stable in prod, 2 pods ready")
                == ":white_check_mark: *harbour-3 is stable in prod, 2 pods ready*\ncommit `3f2a9c1`, delivered by ada")
        #expect(
            try text(.runFailed, "the workflow failed", ["evidence": "one\ntwo"])
                == ":x: *run harbour/3: the workflow failed*\ncommit `3f2a9c1`, delivered by ada\n> one\n> two")
        #expect(
            try text(.rolledBack, "prod went back from harbour-3 to harbour-2")
                == ":leftwards_arrow_with_hook: *prod went back from harbour-3 to harbour-2* by ada")
        #expect(
            try text(.approvalRequested, "waits for approval by ops")?.contains("waits for approval by ops") == true)
    }

    @Test func `a release that came back is told once, by its incident`() throws {
        #expect(try text(.runFailed, "came back from prod", ["reason": "badCanary"]) == nil)
        #expect(try text(.rolledBack, "prod is back", ["reason": "failedDeployment"]) == nil)
        #expect(try text(.chatMessage, ":rotating_light: errors", actor: "estiba") == ":rotating_light: errors")
        #expect(try text(.chatMessage, "what is that?") == nil)
    }

    @Test func `a webhook's address is a URL, a secret or a file`() async throws {
        try await TemporaryDirectory.with { directory in
            let secrets = try SealedSecrets(directory: directory.path)
            try await secrets.set("hook", "https://hooks.example.org/a")
            let file = try directory.write("hook.txt", "https://hooks.example.org/b\n")
            #expect(try await WebhookAddress.resolve("http://127.0.0.1:1/c", secrets) == "http://127.0.0.1:1/c")
            #expect(try await WebhookAddress.resolve("$secret:hook", secrets) == "https://hooks.example.org/a")
            #expect(try await WebhookAddress.resolve("$file:\(file)", secrets) == "https://hooks.example.org/b")
            let wrong = try directory.write("wrong.txt", "xoxb-12345")
            for text in ["$secret:none", "$file:/nonexistent", "$file:\(wrong)", "hooks.example.org"] {
                let problem = await #expect(throws: (any Error).self) {
                    try await WebhookAddress.resolve(text, secrets)
                }
                #expect((problem as? any Problem)?.oneLine.contains("xoxb") == false)
            }
        }
    }
}
