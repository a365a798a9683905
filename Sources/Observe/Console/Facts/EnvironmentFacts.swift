package import Delivery
package import FoundationEssentials

/// What an environment holds, how it is, and what is under way in it.
package struct EnvironmentFacts: Sendable, Hashable {
    package var app: AppName
    package var name: EnvironmentName
    /// The stable release; nil before the first.
    package var stable: DeployedFacts?
    /// Where a rollback goes to by default; nil where there is nothing to go back to.
    package var previous: ReleaseID?
    /// By name.
    package var services: [ServiceFacts]
    package var underWay: UnderWayFacts?
    /// Why nothing new may begin here: `frozen until … by ada: holidays`.
    package var freeze: String?
    /// What somebody has changed here by other means than a release, a sentence each.
    package var drift: [String]

    package init(
        app: AppName, name: EnvironmentName, stable: DeployedFacts? = nil, previous: ReleaseID? = nil,
        services: [ServiceFacts] = [], underWay: UnderWayFacts? = nil, freeze: String? = nil, drift: [String] = []
    ) {
        self.freeze = freeze
        self.drift = drift
        self.app = app
        self.name = name
        self.stable = stable
        self.previous = previous
        self.services = services
        self.underWay = underWay
    }
}

/// A release in an environment.
package struct DeployedFacts: Sendable, Hashable {
    package var release: ReleaseID
    package var run: RunID
    /// Full or short.
    package var commit: String
    /// First line of the commit's message; empty where it isn't known.
    package var subject: String
    package var author: String
    package var since: Date

    package init(release: ReleaseID, run: RunID, commit: String, subject: String, author: String, since: Date) {
        self.release = release
        self.run = run
        self.commit = commit
        self.subject = subject
        self.author = author
        self.since = since
    }
}

/// A service of an app in an environment, on both tracks.
package struct ServiceFacts: Sendable, Hashable {
    package var name: String
    package var stable: TrackFacts?
    package var canary: TrackFacts?

    package init(name: String, stable: TrackFacts? = nil, canary: TrackFacts? = nil) {
        self.name = name
        self.stable = stable
        self.canary = canary
    }
}

/// The pods of a service on one track, and their traffic.
package struct TrackFacts: Sendable, Hashable {
    /// The release that the pods come from; older than the environment's where the service didn't change.
    package var release: ReleaseID?
    package var commit: String?
    package var readyPods: Int
    package var wantedPods: Int
    /// Why pods aren't ready, in a few words: `CrashLoopBackOff`, `ErrImagePull`.
    package var trouble: String?
    /// Nil where the gateway has no route to the service.
    package var traffic: TrafficFacts?

    package init(
        release: ReleaseID? = nil, commit: String? = nil, readyPods: Int, wantedPods: Int, trouble: String? = nil,
        traffic: TrafficFacts? = nil
    ) {
        self.release = release
        self.commit = commit
        self.readyPods = readyPods
        self.wantedPods = wantedPods
        self.trouble = trouble
        self.traffic = traffic
    }
}

/// The traffic of the last minute or so.
package struct TrafficFacts: Sendable, Hashable {
    /// Requests a second.
    package var rate: Double
    /// 0…1; nil without requests.
    package var errorShare: Double?
    /// Milliseconds; nil without requests.
    package var p95: Double?
    /// Requests a second at even distances, oldest first, for a small graph; empty for none.
    package var recentRates: [Double]

    package init(rate: Double, errorShare: Double? = nil, p95: Double? = nil, recentRates: [Double] = []) {
        self.rate = rate
        self.errorShare = errorShare
        self.p95 = p95
        self.recentRates = recentRates
    }
}

/// A run in an environment.
package struct UnderWayFacts: Sendable, Hashable {
    package var run: RunID
    package var release: ReleaseID?
    package var commit: String
    package var subject: String
    package var author: String
    package var phase: Phase
    /// The last line of progress here.
    package var detail: String
    package var since: Date?
    /// Of whom one must agree, while the phase is `approval`.
    package var approvers: [String]
    package var canary: CanaryFacts?

    /// What the run does in the environment. The words are those of the pipeline's status.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        case approval, waiting, planning, installing, startingCanary, canary, promoting, verifying, watching, restoring
    }

    package init(
        run: RunID, release: ReleaseID?, commit: String, subject: String = "", author: String = "", phase: Phase,
        detail: String = "", since: Date? = nil, approvers: [String] = [], canary: CanaryFacts? = nil
    ) {
        self.run = run
        self.release = release
        self.commit = commit
        self.subject = subject
        self.author = author
        self.phase = phase
        self.detail = detail
        self.since = since
        self.approvers = approvers
        self.canary = canary
    }
}

/// What one look at a canary showed.
package struct CanaryFacts: Sendable, Hashable {
    /// The canary's share of the traffic in percent.
    package var weight: Double
    /// From 1.
    package var step: Int
    package var steps: Int
    /// Since the step began.
    package var canary: CountFacts
    package var stable: CountFacts
    /// Seconds for which the step has been watched.
    package var observed: Double
    package var verdict: Verdict
    /// The judge's arithmetic, the deciding sentence first.
    package var reasons: [String]

    package enum Verdict: String, Sendable, Hashable, CaseIterable { case pass, fail, waiting }

    package init(
        weight: Double, step: Int, steps: Int, canary: CountFacts, stable: CountFacts, observed: Double,
        verdict: Verdict, reasons: [String]
    ) {
        self.weight = weight
        self.step = step
        self.steps = steps
        self.canary = canary
        self.stable = stable
        self.observed = observed
        self.verdict = verdict
        self.reasons = reasons
    }
}

/// Requests and errors of one track.
package struct CountFacts: Sendable, Hashable {
    package var requests: Int
    package var errors: Int
    /// Milliseconds; nil without requests.
    package var p95: Double?

    package init(requests: Int, errors: Int, p95: Double? = nil) {
        self.requests = requests
        self.errors = errors
        self.p95 = p95
    }
}
