import Chat
import Delivery
import Logging
import Problems
import Releases
import ServiceLifecycle
import Store

/// Tells the channel about each step of a release. Incidents tell of themselves.
struct StepNotices: Service {
    let journal: Journal
    let channel: OpsChannel
    let logger: Logger

    static let kinds: [DeliveryEvent.Kind] = [
        .runStarted, .runFailed, .deployStarted, .deploySucceeded, .canaryStep, .rolledBack, .approvalRequested,
        .approved, .gateWaits, .gateRefused, .frozen, .unfrozen, .verified, .verifyFailed, .driftFound, .driftGone,
    ]

    func run() async throws {
        let steps = await journal.follow(.init(kinds: Self.kinds))
        for await step in steps.cancelOnGracefulShutdown() {
            do { try await channel.tell(Self.text(step), about: step) } catch {
                logger.error("step can't be told", metadata: ["error": "\(brief(error))"])
            }
        }
    }

    /// `*porttrack* prod: porttrack-42 is stable in prod, 4 pods ready`
    static func text(_ step: DeliveryEvent) -> String {
        let place = [step.app.map { "*\($0)*" }, step.environment?.value].compactMap { $0 }.joined(separator: " ")
        let release = step.release.map { step.message.contains($0.description) ? "" : " `\($0)`" } ?? ""
        return place.isEmpty ? step.message : "\(place)\(release): \(step.message)"
    }
}
