import Linux

/// The system's git, always called with the same surroundings: no prompts, no user's configuration, English words.
struct Git: Sendable {
    /// The repository, if the command is about one.
    var directory: String?
    /// Added to the environment.
    var variables: [String: String] = [:]

    /// The command, ready to be started.
    func command(_ arguments: [String]) -> Command {
        var environment = [
            "PATH": Command.processEnvironment()["PATH"] ?? Command.usualPath, "LC_ALL": "C.UTF-8",
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            // No transport that runs a command of the caller's choice.
            "GIT_ALLOW_PROTOCOL": "file:http:https:ssh:git",
        ]
        environment.merge(variables) { $1 }
        // Repositories belong to whoever runs Estiba, directories that are imported to someone else.
        let prefix = ["-c", "safe.directory=*", "-c", "core.quotePath=false"]
        return Command(
            "git", prefix + (directory.map { ["--git-dir", $0] } ?? []) + arguments, environment: .exactly(environment))
    }

    /// Runs it to its end; throws what git said where it failed.
    func run(_ arguments: [String], to what: String, input: [UInt8] = [], limit: Int = 256 << 20) async throws
        -> [UInt8]
    {
        let output = try await command(arguments).run(input: input, outputLimit: limit)
        guard output.status.isSuccess else {
            throw CommitProblem.git(what: what, why: Self.reason(output.error, output.status))
        }
        return output.output
    }

    /// Its output as text without the last newline; nil where it failed.
    func answer(_ arguments: [String]) async throws -> String? {
        let output = try await command(arguments).run()
        guard output.status.isSuccess else { return nil }
        var text = output.text
        while text.last == "\n" { text.removeLast() }
        return text
    }

    /// What git complained about, without its prefixes.
    static func reason(_ bytes: [UInt8], _ status: ExitStatus) -> String {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { line in
            for prefix in ["fatal: ", "error: "] where line.hasPrefix(prefix) {
                return String(line.dropFirst(prefix.count))
            }
            return String(line)
        }
        return lines.isEmpty ? "\(status)" : lines.suffix(3).joined(separator: "; ")
    }
}
