import ArgumentParser
import Foundation
import Problems

/// `estiba build`
struct BuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build", abstract: "Build an image from a Dockerfile into the registry.",
        discussion: "Example:  estiba build . -t web:1")
    @OptionGroup var server: ServerOptions
    @Argument(help: "The directory that COPY copies from.") var context: String
    @Option(name: [.short, .long], help: "The image's name.") var tag: String
    @Option(name: [.short, .long], help: "The Dockerfile, relative to the context.") var file: String?
    @Option(help: "The stage to build.") var target: String?
    @Option(name: .customLong("build-arg"), help: "NAME=VALUE, again for each.") var arguments: [String] = []
    @Flag(name: .customLong("no-cache"), help: "Run every step.") var noCache = false

    func run() async throws {
        var values: [String: String] = [:]
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
        }
        let order = BuildOrder(
            context: URL(filePath: context).standardizedFileURL.path, dockerfile: file, target: target,
            arguments: values, tag: tag,
            usesCache: !noCache)
        try await follow("/api/v1/builds", order, server, tag)
    }
}

/// Prints the lines of a build, and leaves with status 1 if it fails.
func follow(_ path: String, _ order: some Encodable, _ server: ServerOptions, _ name: String) async throws {
    do {
        var last: BuildLine?
        for try await text in try await APIClient(server.directory).lines(path, posting: JSONEncoder().encode(order)) {
            if server.json { say(text) }
            guard let line = try? JSONDecoder().decode(BuildLine.self, from: Data(text.utf8)) else { continue }
            if let text = line.text, !server.json { say(text) }
            last = line
        }
        if let failure = last?.failure {
            if !server.json { FileHandle.standardError.write(Data((failure + "\n").utf8)) }
            throw ExitCode(1)
        }
        guard let digest = last?.digest else {
            throw PlainProblem(
                "build.cut", "the server stopped before the end", remedy: "Look at its log, then try again.")
        }
        if !server.json { say("\(name) \(digest) \(readable(bytes: last?.size ?? 0))") }
    } catch let code as ExitCode { throw code } catch { throw fail(error) }
}
