import Chat
import Console
import Delivery
import Releases

/// What people ask for in the console, under the rules of `Access`.
struct ConsoleDesk: ConsoleActions {
    let pipeline: Pipeline
    let conversation: Conversation
    let access: Access

    func perform(_ order: ConsoleOrder, actor: String) async throws -> RunID {
        switch order {
        case .approve(let app, let environment):
            let user = try access.require(.approve, of: actor)
            return try await pipeline.approve(
                app, environment, actor: user, roles: access.roles(of: user), origin: "console")
        case .promote(let app, let environment, let release):
            return try await pipeline.promote(
                app, environment, release: release, actor: access.require(.promote, of: actor))
        case .abort(let app, let environment):
            return try await pipeline.abort(app, environment, actor: access.require(.rollback, of: actor))
        case .stop(let run):
            try await pipeline.abort(run, actor: access.require(.rollback, of: actor))
            return run
        case .rollback(let app, let environment, let release):
            return try await pipeline.rollback(
                app, environment, to: release, actor: access.require(.rollback, of: actor))
        }
    }

    func say(_ text: String, actor: String) async throws {
        _ = try await conversation.say(text, by: actor)
    }
}
