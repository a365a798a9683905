import FoundationEssentials
import Glibc
package import Linux

extension Container {
    /// Another program inside a running container: with its user, environment, directory and rights, unless said otherwise.
    package struct Exec: Sendable {
        package var arguments: [String]
        /// Added to the container's own.
        package var environment: [String] = []
        package var directory: String?

        package init(_ arguments: [String]) {
            self.arguments = arguments
        }
    }

    /// Runs a program inside the container to its end and collects what it writes, at most `outputLimit` bytes. After `timeout` it
    /// is killed, and the problem says so.
    package func run(
        _ exec: Exec, input: [UInt8] = [], outputLimit: Int = 1 << 20, timeout: Duration? = nil,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> Command.Output {
        try await withExec(exec) { command, kill in
            do {
                return try await command.run(input: input, outputLimit: outputLimit, timeout: timeout, clock: clock)
            } catch let problem as CommandProblem {
                kill()
                guard case .timedOut(_, let limit, _) = problem else { throw problem }
                throw ContainerProblem.timedOut(
                    container: id, command: exec.arguments.joined(separator: " "), after: limit)
            }
        }
    }

    /// Runs a program inside the container for the length of `body`, which reads and writes its pipes.
    package func withExec<Value: Sendable>(
        _ exec: Exec, hasInput: Bool = false, _ body: @Sendable (Child) async throws -> Value
    ) async throws -> (value: Value, status: ExitStatus) {
        try await withExec(exec) { command, _ in
            try await command.withChild(input: hasInput ? .pipe : .none, output: .pipe, error: .pipe, body)
        }
    }

    private func withExec<Value: Sendable>(
        _ exec: Exec, _ body: @Sendable (_ command: Command, _ kill: @Sendable () -> Void) async throws -> Value
    ) async throws -> Value {
        let spec = try JSONDecoder().decode(
            RuntimeSpec.self, from: Data(FileSystem.read(record.bundle + "/config.json")))
        var process = spec.process
        process.args = exec.arguments
        process.env += exec.environment
        if let directory = exec.directory { process.cwd = directory }
        let scratch = try FileSystem.makeTemporaryDirectory(prefix: folder + "/exec-")
        defer { try? FileSystem.removeTree(scratch) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        try FileSystem.writeAtomically(
            Array(encoder.encode(process)), to: scratch + "/process.json", mode: 0o600, durable: false)
        let pidFile = scratch + "/pid"
        let command = host.runtime.command(["exec", "--process", scratch + "/process.json", "--pid-file", pidFile, id])
        // The program is no child of the runtime's group: killing the runtime alone would leave it behind.
        let kill: @Sendable () -> Void = {
            guard let pid = (try? FileSystem.readLine(pidFile)).flatMap({ Int32($0) }) else { return }
            try? ProcessIdentity.of(pid)?.open()?.signal(SIGKILL)
        }
        do {
            return try await withTaskCancellationHandler {
                try await body(command, kill)
            } onCancel: {
                kill()
            }
        } catch {
            kill()
            throw error
        }
    }
}
