package import Delivery
package import FoundationEssentials

/// Somebody's word that nothing new may begin in an environment. Going back is always allowed.
package struct Freeze: Sendable, Hashable, Codable {
    package var app: AppName
    package var environment: EnvironmentName
    /// Nil until somebody ends it.
    package var until: Date?
    package var reason: String
    package var actor: String
    package var at: Date

    package init(
        app: AppName, environment: EnvironmentName, until: Date?, reason: String, actor: String, at: Date
    ) {
        self.app = app
        self.environment = environment
        self.until = until
        self.reason = reason
        self.actor = actor
        self.at = at
    }

    package func isInForce(at now: Date) -> Bool { until.map { now < $0 } ?? true }

    /// `frozen until 2026-12-24T08:00:00Z by ada: holidays`
    package var summary: String {
        "frozen" + (until.map { " until \($0.formatted(.iso8601))" } ?? "") + " by \(actor)"
            + (reason.isEmpty ? "" : ": \(reason)")
    }
}
