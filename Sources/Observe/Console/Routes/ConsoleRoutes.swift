import Delivery
package import FoundationEssentials
import HTTPTypes
import Hummingbird
import Problems
import ServiceLifecycle
package import Web

/// The console: pages over facts, forms over actions.
///
/// Who looks is `WebContext.caller`, which a middleware before these routes has found out: nobody may look and change
/// nothing.
package struct ConsoleRoutes: Sendable {
    let facts: any ConsoleFacts
    let actions: any ConsoleActions
    let now: @Sendable () -> Date
    /// Waits between two looks of a live page.
    let pause: @Sendable () async throws -> Void

    /// - Parameters:
    ///   - now: The time, for what lasts still.
    ///   - pause: How long a live page waits before it asks for the facts again; a second by default.
    package init(
        facts: any ConsoleFacts, actions: any ConsoleActions, now: @escaping @Sendable () -> Date = { Date() },
        pause: @escaping @Sendable () async throws -> Void = { try await Task.sleep(for: .seconds(1)) }
    ) {
        self.facts = facts
        self.actions = actions
        self.now = now
        self.pause = pause
    }

    /// Adds `/`, `/live`, `/runs…`, `/releases…`, `/incidents…`, `/ops…`, `/actions/…` and `/assets/…`.
    package func add(to router: WebRouter) {
        let group = router.group().add(middleware: PageMiddleware())
        addAssets(to: group)
        addPages(to: group)
        addLogs(to: group)
        addForms(to: group)
    }

    private func addAssets(to group: RouterGroup<WebContext>) {
        for asset in Asset.allCases { group.get("/assets/\(asset.name)") { _, _ in asset.response } }
    }

    private func addPages(to group: RouterGroup<WebContext>) {
        page("/", group) { _, viewer in try await overview(viewer) }
        page("/runs", group) { _, viewer in try await runs(viewer) }
        page("/runs/:app/:number", group) { parameters, viewer in try await run(Self.run(parameters), viewer) }
        page("/releases", group) { _, viewer in try await releases(viewer) }
        page("/releases/:release", group) { parameters, viewer in
            let text = try parameters.require("release")
            guard let id = ReleaseID(text) else { throw ConsoleProblem.notFound(what: "release \(text)") }
            return try await release(id, viewer)
        }
        page("/incidents", group) { _, viewer in try await incidents(viewer) }
        page("/incidents/:number", group) { parameters, viewer in
            let text = try parameters.require("number")
            guard let number = Int(text) else { throw ConsoleProblem.notFound(what: "incident \(text)") }
            return try await incident(number, viewer)
        }
        page("/ops", group) { _, viewer in try await ops(viewer) }
    }

    /// A page, and the stream of its changes.
    private func page(
        _ path: String, _ group: RouterGroup<WebContext>,
        _ make: @escaping @Sendable (Parameters, Viewer) async throws -> Page
    ) {
        group.get(RouterPath(path)) { _, context in
            try await make(context.parameters, Viewer(name: context.caller)).response()
        }
        group.get(RouterPath(Link.live(path))) { _, context in
            let parameters = context.parameters
            let viewer = Viewer(name: context.caller)
            // What isn't there is said by the status, before the stream begins.
            _ = try await make(parameters, viewer)
            let updates = LiveUpdates(pause: pause) { try await make(parameters, viewer).body }
            return Response.stream(updates.cancelOnGracefulShutdown(), contentType: EventStream.contentType)
        }
    }

    private func addLogs(to group: RouterGroup<WebContext>) {
        group.get("/runs/:app/:number/logs/:workflow/:job") { _, context in
            let text = try await log(context.parameters).map { LogMarkup.text($0) }
            return Response.stream(text.cancelOnGracefulShutdown(), contentType: "text/plain; charset=utf-8")
        }
        group.get("/runs/:app/:number/logs/:workflow/:job/live") { request, context in
            let read = HTTPField.Name("Last-Event-ID").flatMap { request.headers[$0] }.flatMap { Int($0) }
            let events = LogEvents(lines: try await log(context.parameters), read: read ?? 0)
            return Response.stream(events.cancelOnGracefulShutdown(), contentType: EventStream.contentType)
        }
    }

    private func log(_ parameters: Parameters) async throws -> AsyncThrowingStream<LogLineFacts, any Error> {
        let run = try Self.run(parameters)
        let workflow = PercentText.decode(try parameters.require("workflow"))
        let job = PercentText.decode(try parameters.require("job"))
        guard let lines = try await facts.log(of: run, workflow: workflow, job: job) else {
            throw ConsoleProblem.notFound(what: "log of \(job) in run \(run)")
        }
        return lines
    }

    static func run(_ parameters: Parameters) throws -> RunID {
        let text = "\(try parameters.require("app"))/\(try parameters.require("number"))"
        guard let id = RunID(text) else { throw ConsoleProblem.notFound(what: "run \(text)") }
        return id
    }
}
