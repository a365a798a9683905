import Alerts
import Chat
import Foundation
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Problems
import Web

/// The channel and the incidents, for the command line.
struct ChatRoutes: Sendable {
    let channel: OpsChannel
    let conversation: Conversation
    let incidents: IncidentLog
    let alerts: AlertService

    func add(to router: WebRouter) {
        let api = router.group("/api/v1")
        api.get("/chat") { request, _ -> Response in
            let after = request.uri.queryParameters["after"].flatMap { Int64($0) } ?? 0
            return try .json(await channel.messages(after: after))
        }
        api.post("/chat") { request, context -> Response in
            try context.guardAgainstForgery(request)
            guard let caller = context.caller else { throw AccessProblem.unknownCaller(.deploy) }
            let body = try await request.body.collect(upTo: 1 << 16)
            let order = try JSONDecoder().decode(ChatOrder.self, from: Data(buffer: body))
            guard !order.text.isEmpty, order.text.utf8.count <= 4000 else {
                throw PlainProblem("chat.length", "a message has 1 to 4000 bytes", category: .invalid)
            }
            return try .json(await conversation.say(order.text, by: caller))
        }
        api.get("/incidents") { request, _ -> Response in
            try .json(await incidents.newest(50, onlyOpen: request.uri.queryParameters["open"] == "true"))
        }
        api.get("/alerts") { _, _ -> Response in try .json(await alerts.alerts) }
    }
}
