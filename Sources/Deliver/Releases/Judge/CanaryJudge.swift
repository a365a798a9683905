package import Gateway

/// What the gateway counted for one service on both tracks in the same interval.
package struct TrackTraffic: Sendable, Equatable {
    package var canary: TrafficCounts
    package var stable: TrafficCounts

    package init(canary: TrafficCounts = TrafficCounts(), stable: TrafficCounts = TrafficCounts()) {
        self.canary = canary
        self.stable = stable
    }

    package var pairs: PairedCounts {
        PairedCounts(
            canary: Int(clamping: canary.requests), canaryHits: Int(clamping: canary.errors),
            stable: Int(clamping: stable.requests), stableHits: Int(clamping: stable.errors))
    }

    package mutating func add(_ other: TrackTraffic) {
        canary.add(other.canary)
        stable.add(other.stable)
    }
}

/// All judges of one canary: for each service its own, and the queries. Pure: facts in, verdict out.
package struct CanaryJudge: Sendable {
    private var errors: [String: ErrorJudge] = [:]
    private var latencies: [String: LatencyJudge] = [:]
    private var queries: [QueryJudge] = []
    private let services: [String]

    /// What survives a restart: the evidence about errors. Latency and queries are looked at anew.
    package struct Memory: Sendable, Hashable, Codable {
        package var errors: [String: ErrorJudge]

        package init(errors: [String: ErrorJudge] = [:]) { self.errors = errors }
    }

    /// `services`: the ones that changed, by `app.kubernetes.io/name`. `steps`: how many steps share the error bound of
    /// the latency tests, which begin anew at each.
    package init(_ rules: [JudgeRule], services: [String], steps: Int = 1, memory: Memory? = nil) {
        self.services = services
        for rule in rules {
            switch rule {
            case .errors(let rule):
                for service in services {
                    errors[service] = memory?.errors[service] ?? ErrorJudge(rule, judges: services.count)
                }
            case .latency(let rule):
                for service in services { latencies[service] = LatencyJudge(rule, judges: services.count * steps) }
            case .query(let rule): queries.append(QueryJudge(rule))
            }
        }
    }

    package var memory: Memory { Memory(errors: errors) }

    /// The queries to ask before each look.
    package var expressions: [String] { queries.map(\.rule.expression) }

    package mutating func beginStep() {
        for service in services {
            errors[service]?.beginStep()
            latencies[service]?.beginStep()
        }
        for index in queries.indices { queries[index].beginStep() }
    }

    /// Adds one interval: traffic for each service, and the values of the queries in their order.
    package mutating func add(_ traffic: [String: TrackTraffic], values: [Double?] = []) {
        for service in services {
            let both = traffic[service] ?? TrackTraffic()
            errors[service]?.add(both.pairs)
            latencies[service]?.add(canary: both.canary.latency, stable: both.stable.latency)
        }
        for (index, value) in values.enumerated() where queries.indices.contains(index) { queries[index].add(value) }
    }

    /// `share`: the canary's share of the traffic at this step.
    package func verdict(share: Percent) -> Verdict {
        let ratio = Double(share.weights.rest) / Double(max(1, share.weights.share))
        var verdicts: [Verdict] = []
        for service in services {
            for verdict in [errors[service]?.verdict(ratio: ratio), latencies[service]?.verdict(ratio: ratio)] {
                guard var verdict else { continue }
                if services.count > 1 { verdict.reasons = verdict.reasons.map { "\(service) \($0)" } }
                verdicts.append(verdict)
            }
        }
        return .all(verdicts + queries.map { $0.verdict() })
    }
}

/// What to do at a look, from the verdict and the time. Pure.
package enum StepDecision: Sendable, Equatable {
    /// The next step, or the promotion after the last one.
    case advance
    case fail(Verdict)
    /// Too little traffic for a verdict in all the time that was allowed.
    case quiet(Verdict)
    case wait(Verdict)

    /// `observed`: seconds for which this step has been watched.
    package static func decide(_ verdict: Verdict, observed: Double, plan: CanaryPlan) -> StepDecision {
        switch verdict.outcome {
        case .fail: .fail(verdict)
        case .pass where observed >= plan.atLeast: .advance
        case .waiting where observed >= plan.atMost: plan.whenQuiet == .hold ? .wait(verdict) : .quiet(verdict)
        case .pass, .waiting: .wait(verdict)
        }
    }
}
