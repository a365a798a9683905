import ArgumentParser
import Foundation
import Problems
import Syntax

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
    FileHandle.standardError.write(Data((rendered(error, colours: style.isTerminal) + "\n").utf8))
    return ExitCode(1)
}

/// A failure as a person reads it; of a file with several mistakes, each of them.
func rendered(_ error: any Error, colours: Bool = false) -> String {
    let rendering = TerminalRendering(colours: colours)
    guard let several = error as? Diagnostics else { return rendering.render(error) }
    return several.all.map(rendering.render).joined(separator: "\n")
}
