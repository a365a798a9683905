import ArgumentParser
import Delivery
import Problems
import Releases

/// What the commands that act on an environment have in common.
struct EnvironmentArguments: ParsableArguments {
    @OptionGroup var server: ServerOptions
    @Argument(help: "The environment.") var environment: String
    @Option(help: "The app; may be left out where there is only one.") var app: String?
    @Flag(help: "Return at once instead of following the run.") var detach = false

    /// Sends the order and follows the run that it starts.
    func perform(_ operation: String, release: String? = nil) async throws {
        do {
            let client = try APIClient(server.directory)
            let answer = try await client.post(
                "/api/v1/apps/\(try await appName(client))/environments/\(environment)/\(operation)",
                EnvironmentOrder(release: release), as: RunAnswer.self)
            if detach { return server.json ? try printJSON(answer) : print("run \(answer.run)") }
            try await RunDisplay(client: client, json: server.json).follow(answer.run)
        } catch let code as ExitCode { throw code } catch { throw fail(error) }
    }

    /// Freezes or unfreezes.
    func freeze(_ operation: String, _ order: FreezeOrder) async throws {
        do {
            let client = try APIClient(server.directory)
            let freeze = try await client.post(
                "/api/v1/apps/\(try await appName(client))/environments/\(environment)/\(operation)", order,
                as: Freeze.self)
            if server.json { return try printJSON(freeze) }
            print(
                operation == "freeze"
                    ? "\(environment) is \(freeze.summary)" : "\(environment) is no longer frozen (\(freeze.summary))")
        } catch { throw fail(error) }
    }

    private func appName(_ client: APIClient) async throws -> String {
        if let app { return app }
        let apps = Set(try await client.get("/api/v1/environments", as: [EnvironmentStatus].self).map(\.app.value))
        if let only = apps.first, apps.count == 1 { return only }
        throw PlainProblem(
            "cli.app",
            apps.isEmpty
                ? "nothing has been delivered yet" : "there are several apps: \(apps.sorted().joined(separator: ", "))",
            remedy: apps.isEmpty ? "Deliver one: estiba deliver path/to/app" : "Say which with --app.",
            category: .invalid)
    }
}

/// `estiba promote`
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Give a canary all of the traffic now, or bring a release to an environment.",
        discussion: "Example:  estiba promote prod")
    @OptionGroup var arguments: EnvironmentArguments
    @Option(help: "The release; by default the one of the environment before.") var release: String?
    func run() async throws { try await arguments.perform("promote", release: release) }
}

/// `estiba approve`
struct ApproveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Let the run go on that waits for approval.",
        discussion: "Example:  estiba approve prod")
    @OptionGroup var arguments: EnvironmentArguments
    func run() async throws { try await arguments.perform("approve") }
}

/// `estiba abort`
struct AbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Stop what is under way in an environment and take it back.",
        discussion: "Example:  estiba abort prod")
    @OptionGroup var arguments: EnvironmentArguments
    func run() async throws { try await arguments.perform("abort") }
}

/// `estiba rollback`
struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back: images, configuration and routes together.",
        discussion: "Example:  estiba rollback prod --to porttrack-41")
    @OptionGroup var arguments: EnvironmentArguments
    @Option(help: "The release; by default the one that was stable before.") var to: String?
    func run() async throws { try await arguments.perform("rollback", release: to) }
}
