package import Delivery
package import FoundationEssentials

/// A run in a line.
package struct RunSummary: Sendable, Hashable {
    package var id: RunID
    /// `delivery of 3f2a9c1 "routes: arrival estimate"`, `rollback of prod to porttrack-41`
    package var purpose: String
    package var revision: Revision
    package var actor: String
    package var startedAt: Date
    package var endedAt: Date?
    package var standing: Standing
    /// Where it is, or how it ended, in a sentence.
    package var summary: String
    package var release: ReleaseID?

    package enum Standing: String, Sendable, Hashable, CaseIterable {
        case queued, running
        /// For a person, for traffic, or for another run.
        case waiting
        case succeeded, failed
        /// Deployed, found bad, and taken back.
        case cameBack
        case aborted, superseded, interrupted

        package var isFinished: Bool { self != .queued && self != .running && self != .waiting }
    }

    package init(
        id: RunID, purpose: String, revision: Revision, actor: String, startedAt: Date, endedAt: Date?,
        standing: Standing, summary: String, release: ReleaseID?
    ) {
        self.id = id
        self.purpose = purpose
        self.revision = revision
        self.actor = actor
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.standing = standing
        self.summary = summary
        self.release = release
    }
}

/// Everything about a run.
package struct RunFacts: Sendable, Hashable {
    package var summary: RunSummary
    package var stages: [StageFacts]
    package var jobs: [JobFacts]
    /// Oldest first; for each step the last look is enough.
    package var looks: [CanaryLookFacts]
    /// The log lines and events of a failure.
    package var evidence: [String]
    /// The environment that the run is in.
    package var environment: EnvironmentName?
    package var phase: UnderWayFacts.Phase?
    /// Of whom one must agree, while the phase is `approval`.
    package var approvers: [String]
    /// Seconds from the commit to the end of a run that succeeded.
    package var leadTime: Double?

    package init(
        summary: RunSummary, stages: [StageFacts] = [], jobs: [JobFacts] = [], looks: [CanaryLookFacts] = [],
        evidence: [String] = [], environment: EnvironmentName? = nil, phase: UnderWayFacts.Phase? = nil,
        approvers: [String] = [], leadTime: Double? = nil
    ) {
        self.summary = summary
        self.stages = stages
        self.jobs = jobs
        self.looks = looks
        self.evidence = evidence
        self.environment = environment
        self.phase = phase
        self.approvers = approvers
        self.leadTime = leadTime
    }
}

/// A stage of a run: `ci`, `images`, or an environment.
package struct StageFacts: Sendable, Hashable {
    package var name: String
    package var status: Status
    package var detail: String
    package var startedAt: Date
    /// Nil while it lasts.
    package var endedAt: Date?

    package enum Status: String, Sendable, Hashable, CaseIterable { case running, waiting, ok, failed, aborted }

    package init(name: String, status: Status, detail: String, startedAt: Date, endedAt: Date?) {
        self.name = name
        self.status = status
        self.detail = detail
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

/// A look at a canary that a run remembers.
package struct CanaryLookFacts: Sendable, Hashable {
    package var environment: EnvironmentName
    package var at: Date
    package var look: CanaryFacts

    package init(environment: EnvironmentName, at: Date, look: CanaryFacts) {
        self.environment = environment
        self.at = at
        self.look = look
    }
}

/// A job of a run's workflow.
package struct JobFacts: Sendable, Hashable {
    /// Names the workflow in the run, for the log.
    package var workflow: String
    /// Names the job in the workflow, for the log.
    package var key: String
    package var name: String
    package var status: Status
    package var startedAt: Date?
    package var endedAt: Date?
    package var steps: [StepFacts]
    /// Why it failed.
    package var problem: String?

    /// How a job or a step stands. The words are those of the workflow's record.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case queued, running, success, failure, cancelled, skipped, interrupted
    }

    package init(
        workflow: String, key: String, name: String, status: Status, startedAt: Date?, endedAt: Date?,
        steps: [StepFacts] = [], problem: String? = nil
    ) {
        self.workflow = workflow
        self.key = key
        self.name = name
        self.status = status
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.steps = steps
        self.problem = problem
    }
}

/// A step of a job.
package struct StepFacts: Sendable, Hashable {
    package var name: String
    package var status: JobFacts.Status
    /// Seconds; nil while it lasts or where it didn't run.
    package var seconds: Double?

    package init(name: String, status: JobFacts.Status, seconds: Double?) {
        self.name = name
        self.status = status
        self.seconds = seconds
    }
}

/// A line of a job's log.
package struct LogLineFacts: Sendable, Hashable {
    package var at: Date
    package var kind: Kind
    package var text: String

    /// What wrote the line. The words are those of the log's file.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case output, command, step, group, endgroup, debug, notice, warning, error
    }

    package init(at: Date, kind: Kind, text: String) {
        self.at = at
        self.kind = kind
        self.text = text
    }
}
