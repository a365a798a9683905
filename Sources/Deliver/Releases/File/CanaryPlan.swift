/// How traffic moves to a new release, and who judges it.
package struct CanaryPlan: Sendable, Hashable, Codable {
    /// The canary's share of the traffic, rising.
    package var steps: [Percent]
    /// How long a step is watched even when all is well, in seconds.
    package var atLeast: Double
    /// How long a step may wait for enough traffic, in seconds.
    package var atMost: Double
    package var rules: [JudgeRule]
    package var whenQuiet: QuietPolicy
    /// For how many seconds the release is watched when it has all of the traffic; nil for not at all.
    package var watchAfter: Double?

    package init(
        steps: [Percent], atLeast: Double = 30, atMost: Double = 600,
        rules: [JudgeRule] = [.errors(ErrorRule()), .latency(LatencyRule())], whenQuiet: QuietPolicy = .abort,
        watchAfter: Double? = nil
    ) {
        self.steps = steps
        self.atLeast = atLeast
        self.atMost = atMost
        self.rules = rules
        self.whenQuiet = whenQuiet
        self.watchAfter = watchAfter
    }

    /// What becomes of a canary that saw too little traffic for a verdict.
    package enum QuietPolicy: String, Sendable, Hashable, Codable, CaseIterable {
        /// Back to stable, without blame.
        case abort
        /// Stay at this step until a person promotes or aborts.
        case hold
    }
}

/// One thing that the judge looks at.
package enum JudgeRule: Sendable, Hashable, Codable {
    case errors(ErrorRule)
    case latency(LatencyRule)
    case query(QueryRule)
    case comparison(ComparisonRule)
    case counter(CounterRule)
    case logs
}

/// Which way is bad.
package enum WorseDirection: String, Sendable, Hashable, Codable, CaseIterable {
    case higher
    case lower
}

/// A PromQL expression that is asked on both tracks: `$TRACK` in it is replaced as well.
package struct ComparisonRule: Sendable, Hashable, Codable {
    package var expression: String
    package var worse: WorseDirection
    /// 0.1 for 10 %: a difference to stable that is let go.
    package var ratio: Double
    /// Seconds for which values are averaged before they are compared.
    package var every: Double

    package init(expression: String, worse: WorseDirection, ratio: Double = 0.1, every: Double = 30) {
        self.expression = expression
        self.worse = worse
        self.ratio = ratio
        self.every = every
    }
}

/// A counter that should grow on the canary as its part of the requests says.
package struct CounterRule: Sendable, Hashable, Codable {
    package var name: String
    package var worse: WorseDirection
    /// 0.05 for 5 %: a difference to the expected number that is let go.
    package var ratio: Double

    package init(name: String, worse: WorseDirection, ratio: Double = 0.05) {
        self.name = name
        self.worse = worse
        self.ratio = ratio
    }
}

/// The canary's share of 5xx answers against stable's.
package struct ErrorRule: Sendable, Hashable, Codable {
    /// An excess over stable's share that is let go, however sure it is. 0 to 1.
    package var tolerance: Double
    /// The excess that a pass promises not to have missed. 0 to 1, above `tolerance`.
    package var detect: Double

    package init(tolerance: Double = 0.001, detect: Double = 0.05) {
        self.tolerance = tolerance
        self.detect = detect
    }
}

/// The canary's latency against stable's. Slower means both: by this ratio, and by this much.
package struct LatencyRule: Sendable, Hashable, Codable {
    /// 0.03 for 3 % slower.
    package var ratio: Double
    package var milliseconds: Double
    /// Seconds at the begin of each step that are not held against the canary; nil for half a minute, or for `at_least`
    /// where that is shorter.
    package var warmUp: Double?

    package init(ratio: Double = 0.03, milliseconds: Double = 1, warmUp: Double? = nil) {
        self.ratio = ratio
        self.milliseconds = milliseconds
        self.warmUp = warmUp
    }
}

/// A PromQL expression with its bounds. `$RELEASE`, `$COMMIT`, `$ENV` and `$APP` in it are replaced.
package struct QueryRule: Sendable, Hashable, Codable {
    package var expression: String
    package var minimum: Double?
    package var maximum: Double?

    package init(expression: String, minimum: Double? = nil, maximum: Double? = nil) {
        self.expression = expression
        self.minimum = minimum
        self.maximum = maximum
    }
}
