import FoundationEssentials
import Linux
import Problems

/// Runs one step of a job: condition, environment, command or action, what it hands over, how it ended.
struct StepRunner {
    let job: JobRunner
    let step: WorkflowStep
    let index: Int
    let log: JobLog
    let eventPath: String

    func run(_ state: inout JobState) async throws {
        var record = StepRecord(id: step.id, name: step.fallbackName, outcome: .skipped, conclusion: .skipped)
        let conditionEnv = stepEnvironment(state)
        let holds: Bool
        do {
            holds = try step.condition.holds(in: job.context(state, step: step.id, env: conditionEnv))
        } catch {
            try await fail(&record, &state, "its \"if\" can't be evaluated: \(brief(error))")
            return
        }
        guard holds else {
            record.name = name(state, conditionEnv)
            state.finish(record, outputs: [])
            try await save(record, told: false)
            return
        }
        try await start(&record, state, conditionEnv)
        let end = await execute(&state)
        record.outcome = end.outcome
        record.exitCode = end.exitCode
        try await conclude(&record, &state, end)
    }

    /// Starts the record and the step's part of the log.
    private func start(_ record: inout StepRecord, _ state: JobState, _ env: [String: String]) async throws {
        record.name = name(state, env)
        record.outcome = .running
        record.conclusion = .running
        record.startedAt = job.now()
        try await save(record, told: true)
        await job.say(log, .step, record.name, index)
    }

    private func conclude(_ record: inout StepRecord, _ state: inout JobState, _ end: StepEnd) async throws {
        var mayFail = false
        if end.outcome == .failure {
            do {
                mayFail = try step.continueOnError?.value(in: job.context(state, step: step.id)).isTruthy ?? false
            } catch {
                await job.say(log, .error, brief(error), index)
            }
        }
        record.conclusion = mayFail ? .success : end.outcome
        record.finishedAt = job.now()
        if let why = end.why { await job.say(log, .error, why, index) }
        if record.conclusion == .failure, state.status == .success || state.failure == nil {
            if state.status == .success { state.status = .failure }
            let lines = log.lastLines.filter { $0 != end.why }
            state.failure = (record.name, job.masker.mask(end.why ?? "failed"), lines)
        }
        if end.outcome == .cancelled { state.status = .cancelled }
        state.finish(record, outputs: end.outputs)
        try await save(record, told: true)
    }

    private func fail(_ record: inout StepRecord, _ state: inout JobState, _ why: String) async throws {
        try await start(&record, state, state.environment)
        record.outcome = .failure
        try await conclude(&record, &state, StepEnd(outcome: .failure, why: why))
    }

    /// The shared environment with the step's own; a value that can't be evaluated is left out here and reported by `execute`.
    private func stepEnvironment(_ state: JobState) -> [String: String] {
        (try? evaluatedEnvironment(state)) ?? state.environment
    }

    func evaluatedEnvironment(_ state: JobState) throws -> [String: String] {
        let context = job.context(state, step: step.id)
        var environment = state.environment
        for (name, value) in step.env.entries { environment[name] = try value.text(in: context) }
        return environment
    }

    private func name(_ state: JobState, _ env: [String: String]) -> String {
        guard let name = step.name else { return step.fallbackName }
        let text = (try? name.text(in: job.context(state, step: step.id, env: env))) ?? ""
        return job.masker.mask(text.isEmpty ? step.fallbackName : text)
    }

    private func save(_ record: StepRecord, told: Bool) async throws {
        let index = index
        let key = job.key
        try await job.ledger.update(job.key) { job in
            while job.steps.count <= index {
                job.steps.append(StepRecord(id: "", name: "", outcome: .queued, conclusion: .queued))
            }
            job.steps[index] = record
            if !told { return nil }
            return record.conclusion.hasEnded
                ? .stepFinished(job: key, step: index, record) : .stepStarted(job: key, step: index, record)
        }
    }
}
