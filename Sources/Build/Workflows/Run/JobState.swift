/// What a job has become so far. Changed only by the task that runs the job.
struct JobState {
    var status: ExpressionStatus = .success
    /// The environment that steps share: of the workflow, the job and what steps have put into `$GITHUB_ENV`.
    var environment: [String: String] = [:]
    /// What steps have put into `$GITHUB_PATH`, the first to be searched first.
    var paths: [String] = []
    /// The `steps` context.
    var steps: [(String, ExpressionValue)] = []
    var afterwards: [ActionRunner.Afterwards] = []
    /// The first step that failed for good.
    var failure: (step: String, why: String, lines: [String])?

    mutating func add(_ writes: StepWrites) -> [String] {
        var refused: [String] = []
        for (name, value) in writes.env {
            if StepWrites.isReserved(name) { refused.append(name) } else { environment[name] = value }
        }
        paths = writes.paths + paths
        return refused
    }

    mutating func finish(_ step: StepRecord, outputs: [(name: String, value: String)]) {
        var values: [String: String] = [:]
        for (name, value) in outputs { values[name] = value }
        steps.append(
            (
                step.id,
                .members([
                    ("outputs", .strings(values)), ("outcome", .string(step.outcome.rawValue)),
                    ("conclusion", .string(step.conclusion.rawValue)),
                ])
            ))
    }
}

/// What a job leaves for the jobs that need it.
struct JobOutcome: Sendable {
    var result: RunStatus
    var outputs: [String: String] = [:]
    var problem: RunProblem?
}
