import Foundation
import Linux
import Testing

extension Journeys {
    @Test(.timeLimit(.minutes(8)))
    func `an app that nobody here wrote goes from PyPI to production`() async throws {
        try await Journey.begin { user in
            let app = user.root + "/httpbin"
            try await user.shell("cp -r '\(Machine.sources)/Examples/Httpbin' '\(app)'")
            try await user.git("init", "-q", "-b", "main", in: app)
            try await user.git("add", "-A", in: app)
            try await user.git("commit", "-q", "-m", "httpbin", in: app)
            let commit = try await user.git("rev-parse", "--short=7", "HEAD", in: app).trimmingCharacters(
                in: .whitespacesAndNewlines)
            // Its base is made from Debian's packages where no hub is within reach, and its parts come from PyPI.
            try await user.command(Machine.binary, ["deliver", app]).run(timeout: .seconds(420)).checked()

            let gateway = "http://127.0.0.1:\(try user.server.endpoints().gateway)"
            let answer = try await user.curl(gateway + "/get?ship=estiba", host: "httpbin.localhost")
            #expect(answer.contains("\"ship\": \"estiba\""))
            #expect(answer.contains("\"Host\": \"httpbin.localhost\""))

            let labels = [
                "app.kubernetes.io/part-of=httpbin", "app.kubernetes.io/name=httpbin", "estiba.dev/env=prod",
                "estiba.dev/release=httpbin-1", "estiba.dev/commit=\(commit)", "estiba.dev/track=stable",
            ].joined(separator: ",")
            #expect(
                try await user.kubectl("get", "pods", "-A", "-l", labels, "-o", "name").hasPrefix("pod/httpbin-"))
            let selector = [
                "app=\"httpbin\"", "service=\"httpbin\"", "env=\"prod\"", "release=\"httpbin-1\"",
                "commit=\"\(commit)\"", "track=\"stable\"",
            ].joined(separator: ", ")
            _ = try await user.eventually("the gateway's counts carry the release") {
                let query = "estiba_gateway_requests_total{\(selector), code=\"200\"}"
                return try await user.estiba("query", query).text.contains("httpbin-1") ? true : nil
            }
            _ = try await user.eventually("the pod's lines carry the release") {
                try await user.estiba("logs", "{\(selector)}").text.contains("gunicorn") ? true : nil
            }
        }
    }
}
