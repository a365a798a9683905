import HTTPTypes
import Hummingbird
import NIOCore
import Web

/// What people send.
extension ConsoleRoutes {
    func addForms(to group: RouterGroup<WebContext>) {
        group.post("/actions/:verb") { request, context in
            let (fields, actor) = try await Self.form(request, context)
            let order = try ConsoleOrder(verb: try context.parameters.require("verb"), fields: fields)
            let run = try await actions.perform(order, actor: actor)
            return Response.redirect(to: Link.run(run))
        }
        group.post("/ops") { request, context in
            let (fields, actor) = try await Self.form(request, context)
            let text = Self.trimmed(fields["text"] ?? "")
            guard !text.isEmpty else { throw ConsoleProblem.emptyMessage }
            guard text.count <= OpsPage.longest else { throw ConsoleProblem.longMessage(limit: OpsPage.longest) }
            try await actions.say(text, actor: actor)
            return Response.redirect(to: Link.ops)
        }
    }

    private static func form(_ request: Request, _ context: WebContext) async throws -> (
        fields: [String: String], actor: String
    ) {
        let actor = try FormGuard.check(
            origin: request.headers[.origin], host: request.head.authority, contentType: request.headers[.contentType],
            caller: context.caller)
        do {
            let body = try await request.body.collect(upTo: 64 << 10)
            return (FormFields.parse(body.readableBytesView), actor)
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge, message: "the form is larger than 64 KiB")
        }
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
