import ArgumentParser
import Foundation
import Linux
import Logging
import Problems
import ServiceLifecycle
import UnixSignals

/// `estiba server`
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Run everything in the foreground.",
        discussion: "Example:  estiba server --data /var/lib/estiba --config /etc/estiba.yml")

    @Option(name: .long, help: ArgumentHelp("Where everything is kept that outlasts the process.", valueName: "dir"))
    var data = ProcessInfo.processInfo.environment["ESTIBA_DATA"] ?? "/var/lib/estiba"
    @Option(
        name: .long, help: ArgumentHelp("The configuration; without one everything has its default.", valueName: "file")
    )
    var config: String?

    func run() async throws {
        do { try await serve() } catch is CancellationError {
            // What a signal ended on purpose is no failure.
        } catch { throw fail(error) }
    }

    private func serve() async throws {
        let started = ContinuousClock.now
        let config = try ServerConfig.read(file: config)
        var logger = Logger(label: "estiba") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: config.logLevel) ?? .notice
        let directory = DataDirectory(data)
        try directory.prepare()
        guard let lock = try FileLock.tryLock(directory.lockFile) else {
            throw PlainProblem(
                "server.running", "another server uses \(directory.path)",
                remedy:
                    "Use it (\"estiba status --data \(directory.path)\"), stop it, or choose another directory with --data.",
                category: .conflict)
        }
        defer { lock.unlock() }
        defer { try? FileManager.default.removeItem(atPath: directory.endpointsFile) }
        let composition = try await Composition.make(config, directory, logger: logger)
        let announcement = Announcement(
            readiness: composition.readiness, ports: composition.ports, directory: directory, started: started)
        var group = ServiceGroupConfiguration(
            services: (composition.services + [announcement]).map {
                // What fails ends the others as a signal does: nothing breaks off in its middle, and the log says one thing.
                .init(
                    service: $0, successTerminationBehavior: .ignore,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(40)
        try await ServiceGroup(configuration: group).run()
    }
}

/// Says when everything is ready, to people and to the command line.
struct Announcement: Service {
    let readiness: Readiness
    let ports: BoundPorts
    let directory: DataDirectory
    let started: ContinuousClock.Instant

    func run() async throws {
        guard await readiness.all() else { return }
        let endpoints = ports.endpoints
        try JSONEncoder().encode(endpoints).write(to: URL(filePath: directory.endpointsFile), options: .atomic)
        let elapsed = (ContinuousClock.now - started).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        say(
            "estiba is up        console \(endpoints.url(\.console))   gateway \(endpoints.url(\.gateway))   kubectl: estiba kubeconfig   (\(readable(seconds: seconds)))"
        )
        try await gracefulShutdown()
    }
}
