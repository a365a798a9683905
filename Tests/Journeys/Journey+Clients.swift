import Foundation
import Linux

/// The programs that a user has.
extension Journey {
    private var environment: Command.Environment {
        .inherited([
            "ESTIBA_DATA": data, "KUBECONFIG": root + "/kubeconfig", "HOME": root, "NO_COLOR": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "Ada Lovelace", "GIT_AUTHOR_EMAIL": "ada@example.org",
            "GIT_COMMITTER_NAME": "Ada Lovelace",
            "GIT_COMMITTER_EMAIL": "ada@example.org", "GIT_CONFIG_NOSYSTEM": "1",
        ])
    }

    func command(_ name: String, _ arguments: [String], in folder: String? = nil) -> Command {
        Command(name, arguments, environment: environment, directory: folder)
    }

    /// Runs `estiba`, however it ends.
    func estiba(_ arguments: String..., in folder: String? = nil) async throws -> Command.Output {
        try await command(Machine.binary, arguments, in: folder).run(timeout: .seconds(90))
    }

    @discardableResult
    func kubectl(_ arguments: String...) async throws -> String { try await kubectl(arguments) }

    @discardableResult
    func kubectl(_ arguments: [String]) async throws -> String {
        try await command("kubectl", arguments).run(timeout: .seconds(90)).checked().text
    }

    /// Hands a manifest to `kubectl apply`.
    func apply(_ manifest: String) async throws {
        try await command("kubectl", ["apply", "-f", "-"]).run(input: Array(manifest.utf8), timeout: .seconds(60))
            .checked()
    }

    @discardableResult
    func git(_ arguments: String..., in folder: String) async throws -> String {
        try await command("git", arguments, in: folder).run(timeout: .seconds(60)).checked().text
    }

    /// What `curl` gets from a URL; throws unless the status is below 400.
    func curl(_ url: String, host: String? = nil) async throws -> String {
        let header = host.map { ["-H", "Host: \($0)"] } ?? []
        return try await command("curl", ["-sSf", "--max-time", "10"] + header + [url]).run(timeout: .seconds(20))
            .checked().text
    }

    /// Follows what a program prints until a line of it is the one that is waited for; ends the program.
    @discardableResult
    func line(
        of command: Command, within limit: Duration = .seconds(60), where isIt: @escaping @Sendable (String) -> Bool
    ) async throws -> String {
        let seen = Seen()
        do {
            _ = try await command.run(timeout: limit) { line in
                await seen.add(line.text)
                if isIt(line.text) { throw Found(text: line.text) }
            }
        } catch let found as Found { return found.text }
        throw JourneyProblem(
            "\(command.line) ended without the line that was waited for: \(await seen.lines.suffix(20))")
    }

    private struct Found: Error { let text: String }

    private actor Seen {
        var lines: [String] = []
        func add(_ line: String) { lines.append(line) }
    }

    /// Asks again and again, for what has no stream to wait on.
    func eventually<Value: Sendable>(
        _ what: String, within limit: Duration = .seconds(30), _ look: @Sendable () async throws -> Value?
    ) async throws -> Value {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let value = try await look() { return value }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw JourneyProblem("within \(limit) it did not come to this: \(what)")
    }
}
