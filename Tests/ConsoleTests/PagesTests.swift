import AsyncHTTPClient
import Console
import Delivery
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Problems
import Synchronization
import Testing

@Suite("the console in a browser's place", .timeLimit(.minutes(1)))
struct PagesTests {
    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var body: String
    }

    func send(
        _ server: ConsoleServer, _ path: String, method: NIOHTTP1.HTTPMethod = .GET, user: String? = nil,
        origin: String? = nil,
        form: String? = nil, headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(server.port)\(path)")
        request.method = method
        if let user { request.headers.add(name: "Cookie", value: "user=\(user)") }
        if let origin { request.headers.add(name: "Origin", value: origin) }
        if let form {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
        do {
            let response = try await client.execute(request, timeout: .seconds(20))
            let body = String(buffer: try await response.body.collect(upTo: 4 << 20))
            try await client.shutdown()
            return Answer(status: Int(response.status.code), headers: response.headers, body: body)
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    static let paths = [
        "/", "/runs", "/runs/porttrack/43", "/runs/porttrack/42", "/runs/porttrack/40", "/releases",
        "/releases/porttrack-43",
        "/incidents", "/incidents/7", "/incidents/6", "/ops",
    ]

    @Test("every page is there, with its policy, its landmarks and one heading", arguments: paths)
    func pages(_ path: String) async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let page = try await send(server, path)
            #expect(page.status == 200)
            #expect(page.headers["Content-Type"] == ["text/html; charset=utf-8"])
            let policy = try #require(page.headers["Content-Security-Policy"].first)
            #expect(
                policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'")
                    && !policy.contains("unsafe"))
            #expect(page.headers["X-Content-Type-Options"] == ["nosniff"])
            #expect(
                page.body.contains("<main id=\"main\"") && page.body.contains("<nav aria-label=\"Main\">")
                    && page.body.contains("<html lang=\"en\">"))
            #expect(page.body.components(separatedBy: "<h1").count == 2)
            // The policy allows neither.
            #expect(
                !page.body.contains(" style=") && !page.body.contains("<style") && !page.body.contains("<script>")
                    && !page.body.contains(" onclick"))
        }
    }

    @Test("no page lets a commit's author, a log or a message write markup", arguments: paths)
    func hostile(_ path: String) async throws {
        let evil = #"</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>"#
        var world = Port.busy(subject: evil)
        world.incidents[0].title = evil
        world.incidents[0].evidence = [evil]
        world.incidents[0].remedy = evil
        world.incidents[0].author = evil
        world.incidents[0].service = evil
        world.messages[0].text = "*\(evil)* `\(evil)` ```\(evil)``` > \(evil)"
        world.messages[0].author = evil
        world.environments[0].services[0].name = evil
        world.environments[0].services[0].stable?.trouble = evil
        world.environments[1].underWay?.detail = evil
        world.environments[1].underWay?.approvers = [evil]
        world.environments[2].underWay?.canary?.reasons = [evil, evil]
        world.runs[0].summary.actor = evil
        world.runs[0].summary.summary = evil
        world.runs[0].summary.revision.ref = evil
        world.runs[0].summary.revision.commit = evil
        world.runs[0].summary.revision.authorName = evil
        world.runs[0].evidence = [evil]
        world.runs[0].stages[0].name = evil
        world.runs[0].stages[0].detail = evil
        world.runs[0].jobs[0].key = evil
        world.runs[0].jobs[0].name = evil
        world.runs[0].jobs[0].problem = evil
        world.runs[0].jobs[0].steps[0].name = evil
        world.runs[0].looks[0].look.reasons = [evil]
        world.releases[0].release.images = [evil: evil]
        world.releases[0].release.manifestsDigest = evil
        world.releases[0].release.revision.authorEmail = evil
        world.events[0].message = evil
        world.events[0].actor = evil
        world.events[0].kind = DeliveryEvent.Kind(rawValue: evil)
        world.events[0].service = evil
        try await ConsoleServer.with(world) { server async throws -> Void in
            let page = try await send(server, path, user: "<script>alert(2)</script>")
            #expect(page.status == 200)
            #expect(
                !page.body.contains("<script>") && !page.body.contains("<img src=x")
                    && !page.body.contains("alert(1)</script"))
            #expect(page.body.components(separatedBy: "<script").count == 2)
            #expect(page.body.contains("&lt;script&gt;alert(2)&lt;/script&gt;"))
        }
    }

    @Test("the overview shows environments, canary, incidents, runs and the Journal")
    func overview() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let page = try await send(server, "/", user: "ana").body
            for words in [
                "porttrack-43", "3f2a9c1", "routes: arrival estimate from the last three legs", "waits for approval",
                "CrashLoopBackOff",
                "0/1", "1,284", "4.6\u{202F}ms", "step 2 of 2", "still undecided between", "ships in staging restarts",
                "prod is back on porttrack-41",
                "<title>(1) Overview", "href=\"/runs/porttrack/43\"", "data-live=\"/live\"",
            ] { #expect(page.contains(words), "\(words)") }
            for verb in ["approve", "promote", "abort", "rollback"] {
                #expect(page.contains("action=\"/actions/\(verb)\""), "\(verb)")
            }
            let visitor = try await send(server, "/").body
            #expect(!visitor.contains("<form") && visitor.contains("estiba login"))
        }
    }

    @Test("an empty console says how to begin")
    func empty() async throws {
        try await ConsoleServer.with(ScriptedFacts.World()) { server async throws -> Void in
            #expect(try await send(server, "/").body.contains("estiba deliver . --to dev"))
            for path in ["/runs", "/releases", "/incidents", "/ops"] {
                #expect(try await send(server, path).status == 200)
            }
        }
    }

    @Test("a failed run shows what speaks against it and its job's log")
    func failedRun() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let page = try await send(server, "/runs/porttrack/42", user: "ana").body
            #expect(page.contains("expected 3, got 2") && page.contains("step &quot;test&quot; ended with exit code 1"))
            #expect(page.contains("data-log=\"/runs/porttrack/42/logs/ci/build/live\""))
            #expect(!page.contains("/actions/stop"))
            #expect(try await send(server, "/runs/porttrack/43", user: "ana").body.contains("/actions/stop"))
        }
    }

    @Test(
        "what isn't there is a page with status 404",
        arguments: [
            "/runs/porttrack/99", "/runs/porttrack/x", "/runs/UPPER/1", "/releases/porttrack-99", "/releases/nonsense",
            "/incidents/99",
            "/incidents/x", "/runs/porttrack/99/live", "/runs/porttrack/43/logs/ci/nothing",
            "/runs/porttrack/43/logs/ci/nothing/live",
        ])
    func missing(_ path: String) async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let page = try await send(server, path)
            #expect(page.status == 404 && page.body.contains("there is no ") && page.body.contains("console.not-found"))
            #expect(page.headers["Content-Security-Policy"].count == 1)
        }
    }

    @Test("facts that can't be had are a page that says why")
    func failure() async throws {
        var world = Port.busy()
        world.failure = PlainProblem(
            "store.database", "the database is <locked>", remedy: "Wait.", category: .unavailable)
        try await ConsoleServer.with(world) { server async throws -> Void in
            let page = try await send(server, "/")
            #expect(
                page.status == 503 && page.body.contains("the database is &lt;locked&gt;")
                    && page.body.contains("Wait."))
            server.facts.change { $0.failure = CocoaError(.fileNoSuchFile) }
            let hidden = try await send(server, "/")
            #expect(
                hidden.status == 500 && hidden.body.contains("console.internal") && !hidden.body.contains("CocoaError"))
        }
    }

    @Test("files are kept by browsers under an address that changes with them")
    func assets() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let page = try await send(server, "/").body
            for (name, type) in [
                ("console.css", "text/css; charset=utf-8"), ("console.js", "text/javascript; charset=utf-8"),
                ("icon.svg", "image/svg+xml"),
            ] {
                let tail = try #require(page.components(separatedBy: "/assets/\(name)?v=").dropFirst().first)
                let asset = try await send(server, "/assets/\(name)?v=\(tail.prefix { $0 != "\"" })")
                #expect(asset.status == 200 && asset.headers["Content-Type"] == [type] && !asset.body.isEmpty)
                #expect(asset.headers["Cache-Control"].first?.contains("immutable") == true)
            }
        }
    }

    @Test("the whole log is there as plain text, and as events")
    func log() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let text = try await send(server, "/runs/porttrack/43/logs/ci/build")
            #expect(text.headers["Content-Type"] == ["text/plain; charset=utf-8"])
            #expect(
                text.body.hasPrefix("▸ test\n$ swift test\n✔ Test \"leg 1 has")
                    && text.body.hasSuffix("error: nothing, really\n"))
            let events = try await send(
                server, "/runs/porttrack/43/logs/ci/build/live", headers: ["Last-Event-ID": "63"])
            #expect(events.headers["Content-Type"] == ["text/event-stream"])
            #expect(
                events.body
                    == "event: line\nid: 64\ndata: <div class=\"line error\">error: nothing, really</div>\n\nevent: end\ndata: \n\n"
            )
        }
    }

    @Test("a live page sends its body again when the facts change, and ends when the server stops")
    func live() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let client = HTTPClient(configuration: .init())
            do {
                let response = try await client.execute(
                    HTTPClientRequest(url: "http://127.0.0.1:\(server.port)/live"), timeout: .seconds(30))
                #expect(response.headers["Content-Type"] == ["text/event-stream"])
                var seen = ""
                var hasChanged = false
                for try await piece in response.body {
                    seen += String(buffer: piece)
                    if !hasChanged, seen.contains("event: page\n") {
                        hasChanged = true
                        server.facts.change { $0.incidents[0].title = "the second look" }
                    }
                    if seen.contains("the second look") { break }
                }
                #expect(seen.hasPrefix("retry: 2000\nevent: hello\n"))
                #expect(!seen.contains("<html"))
                try await client.shutdown()
            } catch {
                try? await client.shutdown()
                throw error
            }
        }
    }

    @Test("an order reaches the port with its actor, and leads to the run")
    func order() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let answer = try await send(
                server, "/actions/rollback", method: .POST, user: "ana", origin: "http://127.0.0.1:\(server.port)",
                form: "app=porttrack&environment=prod&release=porttrack-40")
            #expect(answer.status == 303 && answer.headers["Location"] == ["/runs/porttrack/43"])
            let orders = server.actions.orders.withLock { $0 }
            #expect(orders.count == 1 && orders.first?.actor == "ana")
            #expect(
                orders.first?.order == .rollback(Port.app, Port.name("prod"), to: ReleaseID(app: Port.app, number: 40)))
        }
    }

    @Test("forms are refused without a login, from another origin, and when they aren't forms")
    func refusals() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let own = "http://127.0.0.1:\(server.port)"
            let form = "app=porttrack&environment=prod"
            func status(_ path: String, user: String?, origin: String?, form: String = form) async throws -> Int {
                try await send(server, path, method: .POST, user: user, origin: origin, form: form).status
            }
            #expect(try await status("/actions/abort", user: nil, origin: own) == 401)
            #expect(try await status("/actions/abort", user: "ana", origin: nil) == 403)
            #expect(try await status("/actions/abort", user: "ana", origin: "http://evil.example") == 403)
            #expect(try await status("/actions/abort", user: "ana", origin: "null") == 403)
            #expect(try await status("/actions/destroy", user: "ana", origin: own) == 404)
            #expect(try await status("/actions/abort", user: "ana", origin: own, form: "app=porttrack") == 400)
            #expect(
                try await status(
                    "/actions/abort", user: "ana", origin: own, form: String(repeating: "a", count: 70_000)) == 413)
            #expect(try await status("/ops", user: nil, origin: own, form: "text=hi") == 401)
            #expect(try await status("/ops", user: "ana", origin: "http://evil.example", form: "text=hi") == 403)
            #expect(try await status("/ops", user: "ana", origin: own, form: "text=+%0A") == 400)
            #expect(
                try await status("/ops", user: "ana", origin: own, form: "text=" + String(repeating: "a", count: 4001))
                    == 400)
            #expect(try await send(server, "/actions/abort", user: "ana").status == 404)
            #expect(server.actions.orders.withLock { $0.isEmpty } && server.actions.said.withLock { $0.isEmpty })
        }
    }

    @Test("a refusal of the port is shown in its own words")
    func denied() async throws {
        let refusal = PlainProblem(
            "releases.approver", "ana may not approve <prod>", remedy: "Ask one of ops.", category: .denied)
        try await ConsoleServer.with(refusal: refusal) { server async throws -> Void in
            let answer = try await send(
                server, "/actions/approve", method: .POST, user: "ana", origin: "http://127.0.0.1:\(server.port)",
                form: "app=porttrack&environment=prod")
            #expect(
                answer.status == 403 && answer.body.contains("ana may not approve &lt;prod&gt;")
                    && answer.body.contains("Ask one of ops."))
        }
    }

    @Test("what is said reaches the channel, and the page comes back")
    func said() async throws {
        try await ConsoleServer.with { server async throws -> Void in
            let answer = try await send(
                server, "/ops", method: .POST, user: "ana", origin: "http://127.0.0.1:\(server.port)",
                form: "text=+rollback+prod%21+")
            #expect(answer.status == 303 && answer.headers["Location"] == ["/ops"])
            #expect(server.actions.said.withLock { $0.first?.text } == "rollback prod!")
        }
    }
}
