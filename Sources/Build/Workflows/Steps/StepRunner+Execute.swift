import FoundationEssentials
import Glibc
import Linux
import Problems
import Synchronization

extension StepRunner {
    /// Runs the step and takes over what it hands to the steps after it.
    func execute(_ state: inout JobState) async -> StepEnd {
        do {
            let environment = try evaluatedEnvironment(state)
            let files = try StepFiles(step: index, in: job.folders.commands)
            var end: StepEnd
            switch step.action {
            case .run(let script): end = try await run(script, environment, files, state)
            case .uses(let action, _, let inputs):
                let context = job.context(state, step: step.id, env: environment)
                let (outputs, afterwards) = try await job.actions(log, step: index)
                    .run(action, try ActionInputs(inputs, in: context))
                if let afterwards { state.afterwards.append(afterwards) }
                end = StepEnd(outcome: .success, outputs: outputs.map { (name: $0.key, value: $0.value) })
            }
            try await take(try files.read(), into: &state, &end)
            return end
        } catch {
            return StepEnd(outcome: job.cancel.isCancelled ? .cancelled : .failure, why: brief(error))
        }
    }

    private func take(_ writes: StepWrites, into state: inout JobState, _ end: inout StepEnd) async throws {
        for name in state.add(writes) {
            await job.say(log, .error, "$GITHUB_ENV can't set \(name.isEmpty ? "a name that is empty" : name)", index)
        }
        end.outputs += writes.outputs
        if !writes.summary.isEmpty {
            let path = "\(job.archive.folder(job.request.id, job.request.key))/\(job.key).summary.md"
            let file = try OpenFile.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o640)
            try file.writeAll(Array((job.masker.mask(writes.summary) + "\n").utf8))
        }
    }

    private func run(
        _ script: WorkflowStep.Script, _ environment: [String: String], _ files: StepFiles, _ state: JobState
    ) async throws -> StepEnd {
        let context = job.context(state, step: step.id, env: environment)
        let text = try script.text.text(in: context)
        let command = try command(script, text, environment, files, state, context)
        for line in text.split(whereSeparator: \.isNewline).prefix(20) {
            await job.say(log, .command, String(line), index)
        }
        let commands = StepCommands()
        let process = StepProcess(
            command: command, timeout: try timeout(context),
            // What runs although the job was cancelled gets a signal of its own, with a limit.
            cancel: job.cancel.isCancelled ? CancelSignal() : job.cancel, clock: job.clock)
        let end = try await process.run { line in await self.take(line, commands) }
        let outputs = commands.outputs
        switch end {
        case .exited(let status) where status.isSuccess:
            return StepEnd(outcome: .success, exitCode: 0, outputs: outputs)
        case .exited(let status):
            return StepEnd(outcome: .failure, exitCode: Int(status.code), why: "ended with \(status)", outputs: outputs)
        case .timedOut:
            return StepEnd(outcome: .failure, why: "took longer than its time limit and was stopped", outputs: outputs)
        case .cancelled: return StepEnd(outcome: .cancelled, why: job.cancel.reason ?? "cancelled", outputs: outputs)
        }
    }

    private func timeout(_ context: JobContext) throws -> Duration? {
        if job.cancel.isCancelled { return JobRunner.cleanupLimit }
        guard let minutes = try step.timeoutMinutes?.value(in: context).number, minutes.isFinite, minutes > 0 else {
            return nil
        }
        return .seconds(minutes * 60)
    }

    private func command(
        _ script: WorkflowStep.Script, _ text: String, _ environment: [String: String], _ files: StepFiles,
        _ state: JobState,
        _ context: JobContext
    ) throws -> Command {
        let defaults = [job.job.defaults, job.request.plan.file.defaults]
        let shell = try (script.shell ?? defaults.lazy.compactMap(\.shell).first)?.text(in: context)
        let directory = try (script.workingDirectory ?? defaults.lazy.compactMap(\.workingDirectory).first)?.text(
            in: context)
        var variables = JobEnvironment(
            settings: job.settings, request: job.request, folders: job.folders, job: job.job.id, mark: job.mark
        ).variables(step: step.id, files: files, eventPath: eventPath)
        // What a workflow sets wins over what the runner sets, except for the runner's own names.
        variables.merge(
            environment.filter {
                !$0.key.hasPrefix("GITHUB_") && !$0.key.hasPrefix("RUNNER_") || variables[$0.key] == nil
            }
        ) { $1 }
        let path = variables["PATH"] ?? Command.usualPath
        variables["PATH"] = (state.paths + [path]).joined(separator: ":")
        let base = "\(job.folders.temp)/step-\(index)"
        let probe = try ShellInvocation(shell, script: base) { Command.locate($0, in: variables["PATH"]) != nil }
        let file = base + probe.suffix
        try Data((text + "\n").utf8).write(to: URL(filePath: file))
        let words = probe.words.map { $0.replacing(base, with: file) }
        var command = Command(words[0], Array(words.dropFirst()), environment: .exactly(variables))
        command.directory = try workingDirectory(directory)
        command.session = .session
        command.background = .kept
        command.deathSignal = SIGKILL
        command.cgroups = job.settings.cgroups
        return command
    }

    private func workingDirectory(_ directory: String?) throws -> String {
        guard let directory, !directory.isEmpty else { return job.folders.workspace }
        let path = directory.hasPrefix("/") ? directory : "\(job.folders.workspace)/\(directory)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw PlainProblem(
                "workflows.working-directory", "the working directory \"\(directory)\" isn't there",
                remedy: "Check the path; it is relative to the checkout.", category: .notFound)
        }
        return path
    }
}
