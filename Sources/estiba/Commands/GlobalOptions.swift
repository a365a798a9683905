import ArgumentParser
import Foundation
import Problems

/// What every command that talks to a server understands.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The data directory of the server.", valueName: "dir"))
    var data = ProcessInfo.processInfo.environment["ESTIBA_DATA"] ?? "/var/lib/estiba"

    @Flag(name: .long, help: "Print JSON for programs.")
    var json = false

    var directory: DataDirectory { DataDirectory(data) }
}

/// Prints a failure for a person and leaves with status 1.
func fail(_ error: any Error) -> ExitCode {
    let style = Style.detect(2)
    FileHandle.standardError.write(Data((TerminalRendering(colours: style.isTerminal).render(error) + "\n").utf8))
    return ExitCode(1)
}
