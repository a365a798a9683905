import Foundation
import Glibc
import Linux

/// `estiba server`, as a process that can be stopped, killed and started again on the same directory.
actor Server {
    let data: String
    let configuration: String
    private var process: Child?

    init(data: String, configuration: String) {
        self.data = data
        self.configuration = configuration
    }

    /// Where a server listens.
    struct Endpoints: Codable, Sendable {
        var pid: Int32
        var kubernetes: Int
        var registry: Int
        var gateway: Int
        var prometheus: Int
        var loki: Int
        var console: Int
    }

    var isRunning: Bool { process.map { $0.status == nil } ?? false }
    var pid: Int32 { process?.pid ?? 0 }

    /// Starts it and waits until it says that it is up.
    func start() async throws {
        var command = Command(Machine.binary, ["server", "--data", data, "--config", configuration])
        command.session = .session
        command.background = .kept
        command.deathSignal = SIGTERM
        let log = try OpenFile.open(data + ".log", O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        let child = try await command.start(output: .pipe, error: .file(log))
        process = child
        for try await line in child.lines where line.text.hasPrefix("estiba is up") { return }
        throw JourneyProblem("the server ended before it was up: \(await child.wait())")
    }

    nonisolated func endpoints() throws -> Endpoints {
        try JSONDecoder().decode(Endpoints.self, from: Data(contentsOf: URL(filePath: data + "/endpoints.json")))
    }

    /// As a power cut would: no last words.
    func kill() async {
        process?.signal(SIGKILL)
        _ = await process?.wait()
    }

    /// As an operator would; killed if it does not end within 45 s.
    @discardableResult
    func stop() async -> ExitStatus? {
        guard let process else { return nil }
        process.signal(SIGTERM)
        return await withTaskGroup(of: ExitStatus?.self) { group in
            group.addTask { await process.wait() }
            group.addTask {
                try? await Task.sleep(for: .seconds(45))
                return nil
            }
            if let status = await group.next() ?? nil {
                group.cancelAll()
                return status
            }
            process.signal(SIGKILL)
            return await process.wait()
        }
    }
}
