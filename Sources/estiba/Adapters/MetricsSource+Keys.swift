import Delivery
import Foundation
import Releases
import Scraping
import Store

/// DORA's four keys, computed from the Journal.
struct KeyLedger: Sendable {
    static let defaultDays = 30.0

    let journal: Journal

    /// Of every app and environment, over the last days.
    func keys(days: Double = defaultDays, now: Date = Date()) async throws -> [DeliveryKeys] {
        let events = try await journal.events(.init(kinds: DeliveryKeys.kinds), limit: 100_000)
        return DeliveryKeys.compute(events, since: now - days * 86400, now: now)
    }
}

/// The four keys of the last thirty days as series. They change slowly, so they are computed once a minute.
actor KeyMetrics: MetricsSource {
    private let keys: KeyLedger
    private var text: [UInt8] = []
    private var computedAt = Date.distantPast

    init(keys: KeyLedger) { self.keys = keys }

    func exposition() async -> [UInt8] {
        let now = Date()
        guard now.timeIntervalSince(computedAt) >= 60 else { return text }
        computedAt = now
        // What can't be read now is shown as it was.
        if let all = try? await keys.keys(now: now) { text = Array(Self.text(all).utf8) }
        return text
    }

    private static func text(_ all: [DeliveryKeys]) -> String {
        let families: [(name: String, value: (DeliveryKeys) -> Double?)] = [
            ("estiba_dora_deployments_per_day", { $0.deploymentsPerDay }),
            ("estiba_dora_lead_time_seconds", { $0.leadTime }),
            ("estiba_dora_change_failure_ratio", { $0.changeFailureRate }),
            ("estiba_dora_time_to_restore_seconds", { $0.timeToRestore }),
        ]
        return families.map { family in
            let lines = all.compactMap { keys in
                family.value(keys).map { "\(family.name){app=\"\(keys.app)\",env=\"\(keys.environment)\"} \($0)\n" }
            }
            return "# TYPE \(family.name) gauge\n" + lines.joined()
        }.joined()
    }
}
