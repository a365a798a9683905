import Delivery
import FoundationEssentials
import Kube
import Linux
import Problems
import Syntax

/// Runs one job: prepares its folders, runs its steps one after the other, cleans up.
struct JobRunner: Sendable {
    let key: String
    let job: WorkflowJob
    let matrix: MatrixExpansion.Combination
    /// The contexts that the job begins with: github, needs, matrix, strategy, inputs, vars, secrets.
    let contexts: [String: ExpressionValue]
    /// The name of its folders.
    let place: String
    let request: RunRequest
    let settings: RunnerSettings
    let archive: RunArchive
    let exporter: any RevisionExporter
    let ledger: RunLedger
    let masker: Masker
    let cancel: CancelSignal
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    var folders: JobFolders { JobFolders(settings, request.id.app, place: place) }
    var mark: String { JobFolders.mark(request.id, request.key, key, in: archive.directory) }
    var workflowName: String { request.plan.file.displayName }

    /// How long steps that run although the job was cancelled may take.
    static let cleanupLimit = Duration.seconds(300)

    func run() async -> JobOutcome {
        let path = archive.logPath(request.id, request.key, key)
        let signal = archive.openSignal(path)
        defer { archive.closeSignal(path) }
        do {
            let log = try JobLog(path: path, signal: signal, masker: masker, now: now)
            defer { log.close() }
            let outcome = await run(log)
            ProcessSweep.kill(marked: mark)
            folders.leave()
            try await ledger.update(key) { [now] record in
                record.status = outcome.result
                record.finishedAt = now()
                record.problem = outcome.problem?.what
                return .jobFinished(record)
            }
            return outcome
        } catch {
            signal.finish()
            ProcessSweep.kill(marked: mark)
            folders.leave()
            let words = masker.mask(brief(error))
            _ = try? await ledger.update(key) { [now] record in
                record.status = .failure
                record.finishedAt = now()
                record.problem = words
                return .jobFinished(record)
            }
            return JobOutcome(result: .failure, problem: problem(words))
        }
    }

    private func run(_ log: JobLog) async -> JobOutcome {
        do {
            try folders.create()
            try await ledger.update(key) { [now] record in
                record.status = .running
                record.startedAt = now()
                return .jobStarted(record)
            }
            return try await withTimeLimit(log) { try await steps(log) }
        } catch {
            let words = masker.mask(brief(error))
            await say(log, .error, words, nil)
            return JobOutcome(result: .failure, problem: problem(words))
        }
    }

    /// Cancels the job when its time is over.
    private func withTimeLimit(_ log: JobLog, _ body: @Sendable () async throws -> JobOutcome) async throws
        -> JobOutcome
    {
        let minutes = try job.timeoutMinutes?.value(in: context(JobState())).number ?? settings.timeoutMinutes
        let limit = Duration.seconds(minutes.isFinite && minutes > 0 ? minutes * 60 : settings.timeoutMinutes * 60)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [clock, cancel] in
                try? await clock.sleep(for: limit)
                if !Task.isCancelled { cancel.cancel("the job took longer than \(NumberText.format(minutes)) minutes") }
            }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    private func steps(_ log: JobLog) async throws -> JobOutcome {
        var state = JobState()
        try fillEnvironment(&state)
        let eventPath = try writeEvent()
        for (index, step) in job.steps.enumerated() {
            if cancel.isCancelled { state.status = .cancelled }
            let runner = StepRunner(job: self, step: step, index: index, log: log, eventPath: eventPath)
            try await runner.run(&state)
        }
        if cancel.isCancelled { state.status = .cancelled }
        return try await conclude(&state, log)
    }

    private func conclude(_ state: inout JobState, _ log: JobLog) async throws -> JobOutcome {
        let outputs = try job.outputs.entries.map { ($0.name, try $0.value.text(in: context(state))) }
        let values = Dictionary(outputs, uniquingKeysWith: { $1 })
        switch state.status {
        case .success:
            let actions = actions(log, step: nil)
            for afterwards in state.afterwards { try actions.save(afterwards) }
            return JobOutcome(result: .success, outputs: values)
        case .cancelled:
            let reason = cancel.reason ?? "cancelled"
            await say(log, .error, reason, nil)
            var problem = problem(reason)
            problem.isCancelled = !reason.hasPrefix("the job took")
            return JobOutcome(result: problem.isCancelled ? .cancelled : .failure, outputs: values, problem: problem)
        case .failure, .skipped:
            var problem = problem(state.failure?.why ?? "a step failed")
            problem.step = state.failure?.step
            problem.lastLines = state.failure?.lines ?? []
            return JobOutcome(result: .failure, outputs: values, problem: problem)
        }
    }

    private func fillEnvironment(_ state: inout JobState) throws {
        for (name, value) in request.plan.file.env.entries {
            state.environment[name] = try value.text(in: context(state))
        }
        let workflow = context(state)
        for (name, value) in job.env.entries { state.environment[name] = try value.text(in: workflow) }
    }

    private func writeEvent() throws -> String {
        let folder = folders.temp + "/_github_workflow"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = folder + "/event.json"
        let event = RunContexts(request: request, serverURL: settings.serverURL).event
        try Data(event.json.bytes).write(to: URL(filePath: path))
        return path
    }

    /// What expressions see at this point of the job.
    func context(_ state: JobState, step: String = "", env: [String: String]? = nil) -> JobContext {
        var values = contexts
        let eventPath = folders.temp + "/_github_workflow/event.json"
        values["github"] = RunContexts(request: request, serverURL: settings.serverURL)
            .github(job: job.id, workspace: folders.workspace, action: step, eventPath: eventPath)
        values["env"] = .strings(env ?? state.environment)
        values["steps"] = .members(state.steps.filter { !$0.0.hasPrefix("__") })
        values["job"] = .strings(["status": state.status.word])
        values["runner"] =
            JobEnvironment(settings: settings, request: request, folders: folders, job: job.id, mark: mark)
            .runnerContext
        return JobContext(values: values, status: state.status, workspace: folders.workspace)
    }

    func actions(_ log: JobLog, step: Int?) -> ActionRunner {
        ActionRunner(request: request, folders: folders, archive: archive, exporter: exporter) { kind, text in
            await say(log, kind, text, step)
        }
    }

    /// Writes a line and tells whoever listens.
    func say(_ log: JobLog, _ kind: LogLine.Kind, _ text: String, _ step: Int?) async {
        // A log that can't be written (a full disk) must not hide how the job ends.
        guard let line = try? log.write(kind, text, step: step) else { return }
        await ledger.tell(.line(job: key, line))
    }

    func problem(_ what: String) -> RunProblem {
        RunProblem(workflow: workflowName, job: job.id, step: nil, what: what, lastLines: [])
    }
}

extension ExpressionStatus {
    /// As the `job` context says it.
    var word: String {
        switch self {
        case .success: "success"
        case .failure: "failure"
        case .cancelled: "cancelled"
        case .skipped: "skipped"
        }
    }
}
