import Alerts
import Chat
import Delivery
import Foundation
import Problems
import Releases

/// What the channel may ask for, carried out by the pipeline under the rules of `Access`.
struct ChatDesk: ChatOperations {
    let pipeline: Pipeline
    let incidents: IncidentLog
    let access: Access

    func perform(_ intent: ChatIntent, actor: String) async throws -> String {
        switch intent {
        case .deploy(let environment, let app, let ref):
            let user = try access.require(.deploy, of: actor)
            let app = try await name(app)
            let run = try await pipeline.deliver(
                app: app, ref: ref ?? "main", to: EnvironmentName(environment), actor: user)
            return "run `\(run)` takes \(app) to *\(environment)*"
        case .promote(let environment, let app):
            let user = try access.require(.promote, of: actor)
            let run = try await pipeline.promote(name(app), EnvironmentName(environment), actor: user)
            return "run `\(run)` promotes to *\(environment)*"
        case .approve(let environment, let app):
            let user = try access.require(.approve, of: actor)
            let run = try await pipeline.approve(
                name(app), EnvironmentName(environment), actor: user, roles: access.roles(of: user), origin: "chat")
            return "run `\(run)` goes on in *\(environment)*"
        case .abort(let environment, let app):
            let user = try access.require(.rollback, of: actor)
            let run = try await pipeline.abort(name(app), EnvironmentName(environment), actor: user)
            return "run `\(run)` is being stopped and taken back"
        case .rollback(let environment, let app, let release):
            let user = try access.require(.rollback, of: actor)
            let run = try await pipeline.rollback(name(app), EnvironmentName(environment), to: id(release), actor: user)
            return "run `\(run)` takes *\(environment)* back"
        case .freeze(let environment, let app, let until, let reason):
            let user = try access.require(.approve, of: actor)
            let freeze = try await pipeline.freeze(
                name(app), EnvironmentName(environment), until: until.map { try end($0) }, reason: reason, actor: user)
            return "*\(environment)* is \(freeze.summary)"
        case .unfreeze(let environment, let app):
            let user = try access.require(.approve, of: actor)
            try await pipeline.unfreeze(name(app), EnvironmentName(environment), actor: user)
            return "*\(environment)* is no longer frozen"
        case .status: return try await status()
        case .alert: return try await incidents.newest(1).first?.message ?? "no incident so far"
        case .help, .incomplete, .unknown, .talk: return ""
        }
    }

    private func status() async throws -> String {
        let all = try await pipeline.status()
        if all.isEmpty { return "nothing has been delivered yet" }
        return all.map { status in
            let release = status.stable.map { "`\($0.release)` from `\($0.commit)`" } ?? "nothing"
            let way = status.underWay.map { "; \($0.run) \($0.phase): \($0.detail)" } ?? ""
            let freeze = status.freeze.map { "; \($0.summary)" } ?? ""
            return "*\(status.app)/\(status.name)*: \(release)\(way)\(freeze)"
        }.joined(separator: "\n")
    }

    /// The app that was named, or the only one there is.
    private func name(_ app: String?) async throws -> AppName {
        if let app { return try AppName(app) }
        let apps = Set(try await pipeline.status().map(\.app)).sorted()
        if let only = apps.first, apps.count == 1 { return only }
        if apps.isEmpty {
            throw PlainProblem(
                "chat.app", "nothing has been delivered yet", remedy: "Deliver an app with \"estiba deliver\".",
                category: .invalid)
        }
        throw PlainProblem(
            "chat.app", "there are several apps",
            remedy: "Write one of: \(apps.map { "\($0)/ENVIRONMENT" }.joined(separator: ", ")).", category: .invalid)
    }

    private func end(_ text: String) throws -> Date {
        if let date = FreezeEnd.parse(text, now: Date()) { return date }
        throw PlainProblem(
            "chat.until", "\"\(text)\" is not a time", remedy: "Write 2d, or a date such as 2026-12-24.",
            category: .invalid)
    }

    private func id(_ text: String?) throws -> ReleaseID? {
        guard let text else { return nil }
        if let id = ReleaseID(text) { return id }
        throw PlainProblem(
            "chat.release", "\"\(text)\" is not a release", remedy: "Write it as APP-42.", category: .invalid)
    }
}
