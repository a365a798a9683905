import ArgumentParser
import Foundation

/// The command line. Each subcommand is one file.
@main
struct Estiba: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estiba",
        abstract: "From a git commit to production, on one machine, with one binary.",
        discussion: """
            Start the server, then deliver an app:

              estiba server &
              estiba deliver path/to/app

            estiba kubeconfig > ~/.kube/config makes kubectl and helm work against it.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Run", subcommands: [ServerCommand.self, DoctorCommand.self]),
            CommandGroup(
                name: "Deliver",
                subcommands: [
                    DeliverCommand.self, StatusCommand.self, ReleasesCommand.self, HistoryCommand.self,
                    ExplainCommand.self, DoraCommand.self,
                    PromoteCommand.self, ApproveCommand.self, AbortCommand.self, RollbackCommand.self,
                    FreezeCommand.self, UnfreezeCommand.self,
                ]),
            CommandGroup(name: "Build", subcommands: [BuildCommand.self, ImageCommand.self]),
            CommandGroup(
                name: "Watch", subcommands: [QueryCommand.self, LogsCommand.self, AlertsCommand.self, ChatCommand.self]),
            CommandGroup(
                name: "Connect",
                subcommands: [KubeconfigCommand.self, LoginCommand.self, SecretCommand.self, GitCredentialCommand.self]),
        ])
    /// Exit codes: 0 ok, 1 failed, 2 wrong use.
    static func main() async {
        StandardOutput.writeByLine()
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            FileHandle.standardError.write(Data((fullMessage(for: error) + "\n").utf8))
            Foundation.exit(2)
        }
    }
}
