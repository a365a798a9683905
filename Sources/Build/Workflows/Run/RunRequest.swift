package import Delivery

/// What is to be run: a planned workflow, for a commit, because of an event.
package struct RunRequest: Sendable {
    package var id: RunID
    /// Tells the workflows of one run apart: `ci`, `verify-test`. Letters, digits, `-` and `_`.
    package var key: String
    package var plan: WorkflowPlan
    package var revision: Revision
    package var event: WorkflowEvent
    /// Name → value; masked in every log.
    package var secrets: [String: String]
    /// The `vars` context.
    package var variables: [String: String]
    /// Added to the environment of every step, for instance where a deployed environment is reached.
    package var environment: [String: String]

    package init(
        id: RunID, key: String = "ci", plan: WorkflowPlan, revision: Revision, event: WorkflowEvent,
        secrets: [String: String] = [:], variables: [String: String] = [:], environment: [String: String] = [:]
    ) {
        self.id = id
        self.key = key
        self.plan = plan
        self.revision = revision
        self.event = event
        self.secrets = secrets
        self.variables = variables
        self.environment = environment
    }
}

/// Writes the files of a commit into an empty directory.
package protocol RevisionExporter: Sendable {
    /// Puts the files of a revision into an empty directory, and nothing else.
    ///
    /// - Parameter earlier: Where a working copy of an earlier job may lie. It may be used up: files that are the same then
    ///   keep their dates, and compilers need not look at them again.
    func export(_ revision: Revision, into directory: String, earlier: String?) async throws
}

/// What happens during a run, in order for each job.
package enum RunEvent: Sendable {
    case runStarted(RunRecord)
    case jobStarted(JobRecord)
    case stepStarted(job: String, step: Int, StepRecord)
    case stepFinished(job: String, step: Int, StepRecord)
    case line(job: String, LogLine)
    case annotation(job: String, Annotation)
    case jobFinished(JobRecord)
    case runFinished(RunRecord)
}

/// How a run ended.
package struct RunResult: Sendable {
    package var record: RunRecord
    /// Why it didn't succeed; nil where it did.
    package var problem: RunProblem?
    package var isSuccess: Bool { record.status == .success }
}
