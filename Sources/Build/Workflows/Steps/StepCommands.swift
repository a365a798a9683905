import Synchronization

/// The workflow commands that a step has given so far.
final class StepCommands: Sendable {
    private struct State {
        /// While commands are switched off: the word that switches them on again.
        var token: String?
        var outputs: [(name: String, value: String)] = []
    }

    private let state = Mutex(State())

    var outputs: [(name: String, value: String)] { state.withLock { $0.outputs } }

    /// What a line of output asks for; nil where it is just output.
    func read(_ line: String) -> WorkflowCommand? {
        guard let command = WorkflowCommand(parsing: line) else { return nil }
        return state.withLock { state in
            if let token = state.token {
                if command.name == token.lowercased() { state.token = nil }
                return nil
            }
            switch command.name {
            case "stop-commands":
                state.token = command.message
                return nil
            case "set-output":
                guard let name = command.properties["name"] else { return nil }
                state.outputs.append((name, command.message))
            default: break
            }
            return command
        }
    }
}

extension StepRunner {
    /// Writes a line of the step's output, after doing what it asks for.
    func take(_ line: String, _ commands: StepCommands) async {
        guard let command = commands.read(line) else {
            await job.say(log, .output, line, index)
            return
        }
        switch command.name {
        case "add-mask": job.masker.add(command.message)
        case "set-output", "save-state", "add-matcher", "remove-matcher", "echo": break
        case "debug": await job.say(log, .debug, command.message, index)
        case "group": await job.say(log, .group, command.message, index)
        case "endgroup": await job.say(log, .endgroup, "", index)
        case "notice": await annotate(.notice, command)
        case "warning": await annotate(.warning, command)
        case "error": await annotate(.error, command)
        case "set-env", "add-path":
            await job.say(
                log, .error,
                "::\(command.name):: is switched off, as on GitHub; write to $GITHUB_\(command.name == "set-env" ? "ENV" : "PATH")",
                index)
        default: await job.say(log, .output, line, index)
        }
    }

    private func annotate(_ level: Annotation.Level, _ command: WorkflowCommand) async {
        let annotation = Annotation(
            level: level, message: job.masker.mask(command.message), title: command.properties["title"],
            file: command.properties["file"], line: command.properties["line"].flatMap { Int($0) },
            column: command.properties["col"].flatMap { Int($0) }, step: index)
        let kind: LogLine.Kind =
            switch level {
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            }
        await job.say(log, kind, command.message, index)
        let key = job.key
        // More than this helps nobody and would make the record grow without end.
        _ = try? await job.ledger.update(job.key, saving: false) { record in
            if record.annotations.count >= 50 { return nil }
            record.annotations.append(annotation)
            return .annotation(job: key, annotation)
        }
    }
}
