package import Delivery
package import FoundationEssentials

/// The four keys of software delivery of one app in one environment over a span of time, computed from the Journal.
///
/// https://dora.dev/guides/dora-metrics-four-keys/
package struct DeliveryKeys: Sendable, Hashable, Codable {
    package var app: AppName
    package var environment: EnvironmentName
    /// The length of the span.
    package var days: Double
    /// Releases that became stable here; going back is none.
    package var deployments: Int
    package var deploymentsPerDay: Double
    /// From the commit to the release being stable here, in seconds: the median. Nil without deployments.
    package var leadTime: Double?
    /// Deployments, and releases that came back before they were stable because something spoke against them.
    package var changes: Int
    /// Changes that came back by themselves, or that a person rolled back later.
    package var failures: Int
    /// 0 to 1; nil without changes.
    package var changeFailureRate: Double?
    /// From the beginning of a failed change to the earlier release serving again, in seconds: the median. Nil without
    /// failures.
    package var timeToRestore: Double?

    /// The events that are needed.
    package static let kinds: [DeliveryEvent.Kind] = [.deployStarted, .deploySucceeded, .rolledBack]

    /// `events`: in the order of the Journal, also those before `since`. Sorted by app and environment.
    package static func compute(_ events: [DeliveryEvent], since: Date, now: Date) -> [DeliveryKeys] {
        var tallies: [Place: Tally] = [:]
        for event in events {
            guard let app = event.app, let environment = event.environment else { continue }
            tallies[Place(app: app, environment: environment), default: Tally()].add(event, counts: event.at >= since)
        }
        let days = max(now.timeIntervalSince(since), 1) / 86400
        return tallies.filter { !$0.value.isPreview }.sorted {
            ($0.key.app, $0.key.environment) < ($1.key.app, $1.key.environment)
        }.map {
            place, tally in
            let changes = tally.deployments + tally.comebacks
            return DeliveryKeys(
                app: place.app, environment: place.environment, days: days, deployments: tally.deployments,
                deploymentsPerDay: Double(tally.deployments) / days, leadTime: median(tally.leads), changes: changes,
                failures: tally.failures,
                changeFailureRate: changes == 0 ? nil : min(1, Double(tally.failures) / Double(changes)),
                timeToRestore: median(tally.restores))
        }
    }

    private static func median(_ values: [Double]) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private struct Place: Hashable {
        let app: AppName
        let environment: EnvironmentName
    }

    private struct Tally {
        /// A branch's environment is where one tries things.
        private(set) var isPreview = false
        var deployments = 0
        var comebacks = 0
        var failures = 0
        var leads: [Double] = []
        var restores: [Double] = []
        private var started: [RunID: Date] = [:]
        private var rollbacks: Set<RunID> = []
        private var deployed: [ReleaseID: Date] = [:]

        mutating func add(_ event: DeliveryEvent, counts: Bool) {
            guard let run = event.run else { return }
            switch event.kind {
            case .deployStarted:
                started[run] = event.at
                isPreview = isPreview || event.detail[DeliveryEvent.preview] != nil
            case .deploySucceeded: succeeded(event, run, counts)
            case .rolledBack: rolledBack(event, run, counts)
            default: return
            }
        }

        private mutating func succeeded(_ event: DeliveryEvent, _ run: RunID, _ counts: Bool) {
            guard !rollbacks.contains(run), let release = event.release else { return }
            deployed[release] = event.at
            guard counts else { return }
            deployments += 1
            if let text = event.detail[DeliveryEvent.committedAt], let committed = Double(text) {
                leads.append(max(0, event.at.timeIntervalSince1970 - committed))
            }
        }

        private mutating func rolledBack(_ event: DeliveryEvent, _ run: RunID, _ counts: Bool) {
            if let reason = event.detail["reason"] {
                guard counts, Setback.Kind(rawValue: reason)?.isBlame == true else { return }
                comebacks += 1
                fail(since: started[run], event.at)
                return
            }
            // By a person: what was deployed here before has failed, unless that is known already.
            rollbacks.insert(run)
            guard let from = event.detail["from"].flatMap({ ReleaseID($0) }), let since = deployed[from] else { return }
            deployed[from] = nil
            if counts { fail(since: since, event.at) }
        }

        private mutating func fail(since: Date?, _ end: Date) {
            failures += 1
            if let since { restores.append(max(0, end.timeIntervalSince(since))) }
        }
    }
}

extension DeliveryEvent {
    /// In the detail of `deploy.succeeded`: when the commit was made, in seconds since 1970.
    static let committedAt = "committed-at"
}
