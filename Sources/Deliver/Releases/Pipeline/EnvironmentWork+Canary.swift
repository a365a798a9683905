import Delivery
import FoundationEssentials
import Gateway
import Kube
import Problems

extension EnvironmentWork {
    /// How a step of a canary ended.
    enum StepResult: Sendable {
        /// The next step.
        case advance(CanaryStage, Verdict)
        /// To all of the traffic: after the last step, or because a person said so.
        case promote(Verdict?, by: String, LastEvidence?)
        case setback(Setback)
    }

    /// Brings the canary's objects up beside stable, without traffic.
    func startCanary(_ canary: CanaryRendering) async throws {
        for object in canary.additions.filter({ stage($0) < .workload }) { try await applier.apply(object) }
        for object in canary.additions.filter({ stage($0) >= .workload }) { try await applier.apply(object) }
        for object in canary.objects(share: .one) { try await applier.apply(object) }
        let added = canary.additions.filter { $0["kind"] == "Deployment" }.map { ObjectKey($0).name }
        _ = try await waitUntilReady(added + canary.workloads.map(CanaryRendering.name))
    }

    /// Gives the canary its share and watches until the judge, the time or a person decides.
    /// `remember` writes down what the judge knows.
    func step(
        _ stage: CanaryStage, _ canary: CanaryRendering, _ rules: CanaryPlan, release: Release,
        remember: @Sendable (CanaryStage) async throws -> Void
    ) async throws -> StepResult {
        guard rules.steps.indices.contains(stage.step) else { return .promote(nil, by: "estiba", nil) }
        let share = rules.steps[stage.step]
        for object in canary.objects(share: .percent(share)) { try await applier.apply(object) }
        _ = try await waitUntilReady(canary.workloads.map(CanaryRendering.name))
        for route in canary.routes(share: share) { try await applier.apply(route) }

        let services = canary.serviceLabels
        var judge = CanaryJudge(
            rules.rules, services: services, steps: rules.steps.count, warmUp: min(30, rules.atLeast),
            memory: stage.memory)
        var logs = LogWindow(app: app, environment: plan.name, source: ports.logs, now: clock.now())
        if judge.wantsLogs, let history = await logs.history() { judge.remember(history) }
        var stage = stage
        var watched = TrackTraffic()
        var before = await ports.traffic.traffic()
        var last = clock.now()
        while true {
            try await clock.sleep(.seconds(1))
            let orders = await orders()
            if let order = orders.abort { throw Aborted(order: order) }
            let now = await ports.traffic.traffic()
            let traffic = TrackTraffic.between(before, now, services: services, where: isMine)
            before = now
            stage.observed += max(0, clock.now().timeIntervalSince(last))
            last = clock.now()
            var values: [String: Double] = [:]
            for expression in judge.expressions { values[expression] = await value(of: expression, release) }
            let lines = judge.wantsLogs ? await logs.next(now: clock.now()) : nil
            judge.add(traffic, values: values, lines: lines, share: share, observed: stage.observed)
            for both in traffic.values { watched.add(both) }

            var verdict = judge.verdict(share: share, isLast: stage.observed >= rules.atMost)
            if let broken = try await brokenPod(canary) { verdict = Verdict(.fail, [broken]) }
            stage.memory = judge.memory
            try await remember(stage)
            let look = look(stage, rules, watched, verdict)
            await report(verdict.outcome == .waiting ? .waiting : .running, line(look), look)
            if let order = orders.promote { return .promote(verdict, by: order.actor, judge.lastEvidence) }
            switch StepDecision.decide(verdict, observed: stage.observed, plan: rules) {
            case .wait: continue
            case .fail(let verdict):
                return .setback(Setback(.badCanary, verdict.reasons.first ?? "", evidence: verdict.reasons))
            case .quiet(let verdict):
                let waited = DurationText.format(.seconds(rules.atMost))
                return .setback(
                    Setback(
                        .quietCanary, "no verdict in \(waited): \(verdict.reasons.first ?? "")",
                        evidence: verdict.reasons))
            case .advance:
                if stage.step + 1 >= rules.steps.count {
                    return .promote(verdict, by: "estiba", judge.lastEvidence)
                }
                judge.beginStep()
                return .advance(CanaryStage(step: stage.step + 1, memory: judge.memory), verdict)
            }
        }
    }

    private func stage(_ object: JSON) -> KnownKinds.Stage {
        KnownKinds.entry(kind: ObjectKey(object).kind)?.stage ?? .configuration
    }

    /// A canary whose pods don't live needs no traffic to be judged.
    private func brokenPod(_ canary: CanaryRendering) async throws -> String? {
        for name in canary.workloads.map(CanaryRendering.name) {
            guard let deployment = try? await client.find(Deployment.self, name, in: candidate.namespace) else {
                continue
            }
            guard (deployment.status?.availableReplicas ?? 0) < (deployment.spec.replicas ?? 1) else { continue }
            if case .failed(let why) = Readiness.of(deployment, pods: try await pods(of: deployment)) { return why }
        }
        return nil
    }

    func value(of expression: String, _ release: Release) async -> Double? {
        let replaced = [
            ("$RELEASE", release.id.description), ("$COMMIT", release.revision.shortCommit), ("$ENV", plan.name.value),
            ("$APP", app.value),
        ].reduce(expression) { $0.replacing($1.0, with: $1.1) }
        // A query that fails has no data, and no data is never a pass.
        return try? await ports.metrics.value(of: replaced)
    }

    private func look(_ stage: CanaryStage, _ rules: CanaryPlan, _ watched: TrackTraffic, _ verdict: Verdict)
        -> CanaryLook
    {
        CanaryLook(
            weight: rules.steps[stage.step].value, step: stage.step + 1, steps: rules.steps.count,
            counts: watched.pairs,
            canaryP95: watched.canary.latency.quantile(0.95).map { $0 / 1000 },
            stableP95: watched.stable.latency.quantile(0.95).map { $0 / 1000 }, observed: stage.observed,
            verdict: verdict)
    }

    private func line(_ look: CanaryLook) -> String {
        "canary \(trimmed(look.weight, decimals: 2))%  " + (look.verdict.reasons.first ?? "")
    }
}

extension TrackTraffic {
    /// What was counted between two snapshots, for each service on both tracks. Pure.
    static func between(
        _ before: [TrafficKey: TrafficCounts], _ now: [TrafficKey: TrafficCounts], services: [String],
        where include: (TrafficKey) -> Bool
    ) -> [String: TrackTraffic] {
        var traffic = Dictionary(uniqueKeysWithValues: services.map { ($0, TrackTraffic()) })
        for (key, counts) in now where include(key) && traffic[key.service] != nil {
            let difference = before[key].map { counts.since($0) } ?? counts
            switch Track(rawValue: key.track) {
            case .canary: traffic[key.service]?.canary.add(difference)
            case .stable: traffic[key.service]?.stable.add(difference)
            case nil: continue
            }
        }
        return traffic
    }
}
