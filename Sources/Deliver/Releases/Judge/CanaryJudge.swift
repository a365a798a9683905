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
    /// The probability to fail a canary that is no worse, over all judges, steps and looks together.
    package static let alpha = 0.01

    /// The odds that fail a canary where so many judges share `alpha`.
    package static func failing(judges: Int) -> Double { Double(max(1, judges)) / alpha }

    private var errors: [String: ErrorJudge] = [:]
    private var latencies: [String: LatencyJudge] = [:]
    private var queries: [QueryJudge] = []
    private var comparisons: [ComparisonJudge] = []
    private var counters: [CounterJudge] = []
    private var logs: LogJudge?
    private let services: [String]

    /// What survives a restart and lasts over all steps: the evidence about errors and latency. All else is looked at anew.
    package struct Memory: Sendable, Hashable, Codable {
        package var errors: [String: ErrorJudge]
        package var latencies: [String: LatencyEvidence]

        package init(errors: [String: ErrorJudge] = [:], latencies: [String: LatencyEvidence] = [:]) {
            self.errors = errors
            self.latencies = latencies
        }

        /// What another version of the judge wrote is looked at anew.
        package init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            errors = (try? values.decode([String: ErrorJudge].self, forKey: .errors)) ?? [:]
            latencies = (try? values.decode([String: LatencyEvidence].self, forKey: .latencies)) ?? [:]
        }
    }

    /// `services`: the ones that changed, by `app.kubernetes.io/name`. `steps`: how many steps the canary has. `warmUp`:
    /// seconds of each step whose latency is not held against the canary, where a rule does not say it.
    package init(
        _ rules: [JudgeRule], services: [String], steps: Int = 1, warmUp: Double = 30, memory: Memory = Memory()
    ) {
        self.services = services
        let failing = Self.failing(
            judges: rules.reduce(0) { $0 + $1.judges(services: services.count, steps: steps) })
        for rule in rules {
            switch rule {
            case .errors(let rule):
                for service in services {
                    errors[service] = memory.errors[service] ?? ErrorJudge(rule, failing: failing)
                }
            case .latency(let rule):
                for service in services {
                    latencies[service] = LatencyJudge(
                        rule, warmUp: warmUp, failing: failing,
                        evidence: memory.latencies[service] ?? LatencyEvidence())
                }
            case .query(let rule): queries.append(QueryJudge(rule))
            case .comparison(let rule): comparisons.append(ComparisonJudge(rule, failing: failing))
            case .counter(let rule): counters.append(CounterJudge(rule, failing: failing))
            case .logs: logs = logs ?? LogJudge(failing: failing)
            }
        }
    }

    package var memory: Memory { Memory(errors: errors, latencies: latencies.mapValues(\.evidence)) }

    /// The queries to ask before each look.
    package var expressions: [String] {
        queries.map(\.rule.expression)
            + Self.tracks.flatMap { track in
                comparisons.map { ComparisonJudge.expression($0.rule, track) }
                    + counters.map { CounterJudge.expression($0.rule, track) }
            }
    }

    /// Whether the lines of both tracks are wanted before each look.
    package var wantsLogs: Bool { logs != nil }

    private static let tracks = ["canary", "stable"]

    /// What stable logged before the canary came.
    package mutating func remember(_ lines: [String]) { logs?.remember(lines) }

    package mutating func beginStep() {
        for service in services {
            errors[service]?.beginStep()
            latencies[service]?.beginStep()
        }
        for index in queries.indices { queries[index].beginStep() }
        for index in comparisons.indices { comparisons[index].beginStep() }
        for index in counters.indices { counters[index].beginStep() }
    }

    /// Adds one interval: traffic for each service, the values of the queries that have one, and the lines where they
    /// could be read. `share`: the canary's share of the traffic. `observed`: seconds since the step began.
    package mutating func add(
        _ traffic: [String: TrackTraffic], values: [String: Double] = [:], lines: TrackLines? = nil, share: Percent,
        observed: Double
    ) {
        var requests = PairedCounts()
        for service in services {
            let both = traffic[service] ?? TrackTraffic()
            requests = requests + both.pairs
            errors[service]?.add(both.pairs)
            latencies[service]?.add(canary: both.canary.latency, stable: both.stable.latency, observed: observed)
        }
        for index in queries.indices { queries[index].add(values[queries[index].rule.expression]) }
        for index in comparisons.indices {
            let both = Self.tracks.map { values[ComparisonJudge.expression(comparisons[index].rule, $0)] }
            comparisons[index].add(canary: both[0], stable: both[1], observed: observed)
        }
        for index in counters.indices {
            let both = Self.tracks.map { values[CounterJudge.expression(counters[index].rule, $0)] }
            counters[index].add(canary: both[0], stable: both[1], requests: requests, observed: observed)
        }
        logs?.add(lines, requests: requests, share: share.share)
    }

    /// What stable did, for the time after the promotion.
    package var lastEvidence: LastEvidence {
        LastEvidence(
            services: Dictionary(
                uniqueKeysWithValues: services.map { service in
                    let counts = errors[service]?.total ?? PairedCounts()
                    return (
                        service,
                        LastEvidence.Service(
                            requests: counts.stable, errors: counts.stableHits,
                            median: latencies[service]?.stableQuantile(0.5),
                            p95: latencies[service]?.stableQuantile(0.95))
                    )
                }))
    }

    /// `share`: the canary's share of the traffic at this step. `isLast`: the time for a verdict is over.
    package func verdict(share: Percent, isLast: Bool = false) -> Verdict {
        let ratio = Double(share.weights.rest) / Double(max(1, share.weights.share))
        var verdicts: [Verdict] = []
        for service in services {
            for verdict in [
                errors[service]?.verdict(ratio: ratio, isLast: isLast),
                latencies[service]?.verdict(ratio: ratio, isLast: isLast),
            ] {
                guard var verdict else { continue }
                if services.count > 1 { verdict.reasons = verdict.reasons.map { "\(service) \($0)" } }
                verdicts.append(verdict)
            }
        }
        verdicts += queries.map { $0.verdict() } + comparisons.map { $0.verdict() } + counters.map { $0.verdict() }
        if let logs { verdicts.append(logs.verdict()) }
        return .all(verdicts)
    }
}

extension JudgeRule {
    /// How many judges it makes that share the error bound: one for each service, or one for each step anew.
    func judges(services: Int, steps: Int) -> Int {
        switch self {
        case .errors, .latency: services
        case .comparison, .counter, .logs: steps
        case .query: 0
        }
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
