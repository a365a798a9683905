import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Problems
import Releases
import Store
import Web

/// Estiba's own REST interface: what the command line and the console use.
struct DeliveryRoutes: Sendable {
    let pipeline: Pipeline
    let access: Access
    let intake: CommitIntake

    func add(to router: WebRouter) {
        let api = router.group("/api/v1")
        api.get("/environments") { request, _ -> Response in
            let app = try appName(request.uri.queryParameters["app"])
            return try .json(await pipeline.status().filter { app == nil || $0.app == app })
        }
        api.get("/runs") { request, _ -> Response in
            let app = try appName(request.uri.queryParameters["app"])
            return try .json(await pipeline.unfinished().filter { app == nil || $0.id.app == app })
        }
        api.post("/deliveries", use: deliver)
        api.get("/apps/{app}/runs") { _, context -> Response in try .json(await pipeline.runs(appName(context))) }
        api.get("/apps/{app}/releases") { _, context -> Response in try .json(await pipeline.releases(appName(context)))
        }
        api.get("/apps/{app}/runs/{number}") { _, context -> Response in try .json(await pipeline.run(run(context))) }
        api.get("/apps/{app}/runs/{number}/progress", use: progress)
        api.post("/apps/{app}/runs/{number}/abort") { request, context -> Response in
            let actor = try caller(request, context, .rollback)
            let id = try run(context)
            try await pipeline.abort(id, actor: actor)
            return try .json(RunAnswer(run: id.description))
        }
        api.post("/apps/{app}/environments/{environment}/{operation}", use: operate)
        api.get("/events", use: events)
    }

    // MARK: Deliveries

    @Sendable private func deliver(_ request: Request, _ context: WebContext) async throws -> Response {
        let actor = try caller(request, context, .deploy)
        let order = try await body(DeliverOrder.self, request)
        let target = try order.to.map { try EnvironmentName($0) }
        let revision = try await intake.revision(order)
        let id = try await pipeline.deliver(revision, to: target, actor: actor)
        return try .json(RunAnswer(run: id.description), status: .accepted)
    }

    /// One JSON object a line, from the first line of the run to its last.
    @Sendable private func progress(_ request: Request, _ context: WebContext) async throws -> Response {
        let lines = try await pipeline.follow(run(context))
        let pieces = lines.map { line -> [UInt8] in
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .iso8601
            return Array(try encoder.encode(line)) + [UInt8(ascii: "\n")]
        }
        return .stream(pieces, contentType: "application/x-ndjson")
    }

    // MARK: Environments

    @Sendable private func operate(_ request: Request, _ context: WebContext) async throws -> Response {
        let app = try appName(context)
        let environment = try EnvironmentName(context.parameters.get("environment") ?? "")
        let name = context.parameters.get("operation") ?? ""
        if name == "freeze" || name == "unfreeze" { return try await freeze(request, context, app, environment, name) }
        let release = try await body(EnvironmentOrder.self, request).release.map { text in
            guard let release = ReleaseID(text) else {
                throw PlainProblem(
                    "api.release", "\"\(text)\" is not a release", remedy: "Write it as \(app)-42.", category: .invalid)
            }
            return release
        }
        let id: RunID
        switch name {
        case "promote":
            id = try await pipeline.promote(
                app, environment, release: release, actor: caller(request, context, .promote))
        case "approve":
            let actor = try caller(request, context, .approve)
            id = try await pipeline.approve(
                app, environment, actor: actor, roles: access.roles(of: actor), origin: "api")
        case "abort": id = try await pipeline.abort(app, environment, actor: caller(request, context, .rollback))
        case "rollback":
            id = try await pipeline.rollback(app, environment, to: release, actor: caller(request, context, .rollback))
        default:
            throw PlainProblem(
                "api.operation", "\"\(name)\" is not an operation",
                remedy: Suggestion.remedy(
                    for: name, in: ["abort", "approve", "freeze", "promote", "rollback", "unfreeze"]),
                category: .notFound)
        }
        return try .json(RunAnswer(run: id.description), status: .accepted)
    }

    private func freeze(
        _ request: Request, _ context: WebContext, _ app: AppName, _ environment: EnvironmentName, _ operation: String
    ) async throws -> Response {
        let actor = try caller(request, context, .approve)
        guard operation == "freeze" else {
            return try .json(await pipeline.unfreeze(app, environment, actor: actor))
        }
        let order = try await body(FreezeOrder.self, request)
        let until = try order.until.map { text in
            guard let date = FreezeEnd.parse(text, now: Date()) else {
                throw PlainProblem(
                    "api.until", "\"\(text)\" is not a time",
                    remedy: "Write a length of time such as 2d, or a date: 2026-12-24, 2026-12-24T08:00:00+01:00.",
                    category: .invalid)
            }
            return date
        }
        return try .json(
            await pipeline.freeze(app, environment, until: until, reason: order.reason ?? "", actor: actor))
    }

    // MARK: History

    @Sendable private func events(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = request.uri.queryParameters
        var filter = Journal.Filter()
        filter.app = try query["app"].map { try AppName(String($0)) }
        filter.environment = try query["env"].map { try EnvironmentName(String($0)) }
        filter.release = query["release"].flatMap { ReleaseID(String($0)) }
        filter.kinds = query["kind"].map { $0.split(separator: ",").map { DeliveryEvent.Kind(rawValue: String($0)) } }
        let limit = query["limit"].flatMap { Int($0) } ?? 50
        return try .json(await pipeline.history(filter, limit: min(max(1, limit), 1000)))
    }

    // MARK: Reading requests

    private func caller(_ request: Request, _ context: WebContext, _ operation: Access.Operation) throws -> String {
        try context.guardAgainstForgery(request)
        return try access.require(operation, of: context.caller)
    }

    private func body<Value: Decodable>(_ type: Value.Type, _ request: Request) async throws -> Value {
        let buffer = try await request.body.collect(upTo: 1 << 20)
        let bytes = buffer.readableBytes == 0 ? Data("{}".utf8) : Data(buffer: buffer)
        do { return try JSONDecoder().decode(type, from: bytes) } catch {
            throw PlainProblem(
                "api.body", "the request's body is not the JSON that is expected here", category: .invalid, cause: error
            )
        }
    }

    private func appName(_ text: Substring?) throws -> AppName? { try text.map { try AppName(String($0)) } }

    private func appName(_ context: WebContext) throws -> AppName { try AppName(context.parameters.get("app") ?? "") }

    private func run(_ context: WebContext) throws -> RunID {
        let number = context.parameters.get("number") ?? ""
        guard let id = RunID("\(try appName(context))/\(number)") else {
            throw PlainProblem("api.run", "\"\(number)\" is not the number of a run", category: .notFound)
        }
        return id
    }
}
