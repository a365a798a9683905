import Delivery
import FoundationEssentials
import Gateway
import Problems

extension EnvironmentWork {
    /// How the time after a promotion ended.
    enum WatchResult: Sendable {
        /// Nothing spoke against the release, or a person said that it is enough.
        case good(by: String)
        case setback(Setback)
    }

    /// Watches a release that has all of the traffic. `remember` writes down what is known.
    func watch(
        _ stage: WatchStage, for seconds: Double, _ rules: CanaryPlan, release: Release,
        remember: @Sendable (WatchStage) async throws -> Void
    ) async throws -> WatchResult {
        var stage = stage
        var queries = rules.rules.compactMap { rule -> QueryJudge? in
            if case .query(let rule) = rule { QueryJudge(rule) } else { nil }
        }
        var before = await ports.traffic.traffic()
        var last = clock.now()
        while stage.observed < seconds {
            try await clock.sleep(.seconds(1))
            let orders = await orders()
            if let order = orders.abort { throw Aborted(order: order) }
            let now = await ports.traffic.traffic()
            stage.aftermath.add(served(before, now))
            before = now
            stage.observed += max(0, clock.now().timeIntervalSince(last))
            last = clock.now()
            for index in queries.indices {
                queries[index].add(await value(of: queries[index].rule.expression, release))
            }
            let bounds = queries.map { $0.verdict() }.filter { $0.outcome == .fail }
            let compared = stage.aftermath.verdict
            let verdict = compared.outcome == .fail || bounds.isEmpty ? compared : .all(bounds)
            try await remember(stage)
            await report(
                .running,
                "100%  watched for \(DurationText.format(.seconds(stage.observed))) of "
                    + "\(DurationText.format(.seconds(seconds))): \(verdict.reasons.first ?? "")", nil)
            if verdict.outcome == .fail {
                return .setback(Setback(.badCanary, verdict.reasons.first ?? "", evidence: verdict.reasons))
            }
            if let order = orders.promote { return .good(by: order.actor) }
        }
        return .good(by: "estiba")
    }

    /// What was answered between two snapshots on the stable track, which is the new release by now.
    private func served(_ before: [TrafficKey: TrafficCounts], _ now: [TrafficKey: TrafficCounts])
        -> [String: TrafficCounts]
    {
        var traffic: [String: TrafficCounts] = [:]
        for (key, counts) in now where isMine(key) && key.track == Track.stable.rawValue {
            traffic[key.service, default: TrafficCounts()].add(before[key].map { counts.since($0) } ?? counts)
        }
        return traffic
    }
}
