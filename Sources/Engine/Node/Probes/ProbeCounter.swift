package import Kube

/// Counts the results of one probe of one container against its thresholds.
package struct ProbeCounter: Sendable, Equatable {
    package let successThreshold: Int
    package let failureThreshold: Int
    private var successes = 0
    private var failures = 0

    package init(_ probe: Probe) {
        successThreshold = max(1, probe.successThreshold ?? 1)
        failureThreshold = max(1, probe.failureThreshold ?? 3)
    }

    /// What enough results in a row say.
    package enum Verdict: Sendable, Equatable {
        case healthy
        case unhealthy
    }

    /// The verdict that this result completes; nil as long as there are too few in a row.
    package mutating func record(_ isSuccess: Bool) -> Verdict? {
        if isSuccess {
            failures = 0
            successes += 1
            return successes >= successThreshold ? .healthy : nil
        }
        successes = 0
        failures += 1
        return failures >= failureThreshold ? .unhealthy : nil
    }
}

/// When a probe runs. Times are seconds.
package struct ProbeSchedule: Sendable, Equatable {
    package let initialDelay: Double
    package let period: Double
    package let timeout: Double

    package init(_ probe: Probe) {
        initialDelay = Double(max(0, probe.initialDelaySeconds ?? 0))
        period = Double(max(1, probe.periodSeconds ?? 10))
        timeout = Double(max(1, probe.timeoutSeconds ?? 1))
    }

    /// The pause before the next try while a container that has just begun hasn't answered well yet: short at first, so that it
    /// counts as ready as soon as it is. Nil once a whole period has passed; from then on the period holds and failures count.
    package func eagerPause(after elapsed: Double) -> Double? {
        guard elapsed < period else { return nil }
        return min(max(0.05, elapsed * 0.5), period - elapsed)
    }
}
