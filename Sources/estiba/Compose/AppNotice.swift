import Chat
import Delivery

/// What an app's own channel is told of an event: nil for what isn't worth a message.
enum AppNotice {
    static let kinds: [DeliveryEvent.Kind] = [
        .approvalRequested, .chatMessage, .deploySucceeded, .rolledBack, .runFailed,
    ]

    /// In Slack's mrkdwn. A release that came back is told once, by its incident, with the evidence.
    static func text(_ event: DeliveryEvent) -> String? {
        guard event.app != nil else { return nil }
        switch event.kind {
        case .chatMessage: return event.actor == OpsChannel.estiba ? event.message : nil
        case .deploySucceeded: return ":white_check_mark: *\(event.message)*\(origin(event))"
        case .approvalRequested:
            let subject = [event.release?.description, event.environment.map { "in \($0)" }].compactMap { $0 }
            return ":raised_hand: *\(subject.joined(separator: " ")) \(event.message)*\(origin(event))"
        case .rolledBack where !isIncident(event):
            return ":leftwards_arrow_with_hook: *\(event.message)*" + (event.byline.map { " " + $0 } ?? "")
        case .runFailed where !isIncident(event):
            let evidence =
                event.detail["evidence"].map { $0.split(separator: "\n").suffix(6).map { "\n> " + $0 } } ?? []
            let run = event.run.map { "run \($0): " } ?? ""
            return ":x: *\(run)\(event.message)*\(origin(event))" + evidence.joined()
        default: return nil
        }
    }

    private static func isIncident(_ event: DeliveryEvent) -> Bool {
        event.detail["reason"] == "badCanary" || event.detail["reason"] == "failedDeployment"
    }

    private static func origin(_ event: DeliveryEvent) -> String {
        event.commit.map { "\ncommit `\($0)`, delivered by \(event.actor)" } ?? ""
    }
}
