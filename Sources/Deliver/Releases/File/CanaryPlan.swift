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

    package init(
        steps: [Percent], atLeast: Double = 30, atMost: Double = 600,
        rules: [JudgeRule] = [.errors(ErrorRule()), .latency(LatencyRule())], whenQuiet: QuietPolicy = .abort
    ) {
        self.steps = steps
        self.atLeast = atLeast
        self.atMost = atMost
        self.rules = rules
        self.whenQuiet = whenQuiet
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
}

/// The canary's share of 5xx answers against stable's.
package struct ErrorRule: Sendable, Hashable, Codable {
    /// By how much the canary's share may exceed stable's and still be no worse. 0 to 1.
    package var tolerance: Double
    /// The excess that a pass promises not to have missed. 0 to 1, above `tolerance`.
    package var detect: Double

    package init(tolerance: Double = 0.01, detect: Double = 0.05) {
        self.tolerance = tolerance
        self.detect = detect
    }
}

/// The canary's latency against stable's. Slower means both: by this ratio, and by this much.
package struct LatencyRule: Sendable, Hashable, Codable {
    /// 0.3 for 30 % slower.
    package var ratio: Double
    package var milliseconds: Double

    package init(ratio: Double = 0.3, milliseconds: Double = 5) {
        self.ratio = ratio
        self.milliseconds = milliseconds
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
