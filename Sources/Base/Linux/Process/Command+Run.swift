import Glibc

extension Command {
    /// What a program wrote and how it ended.
    package struct Output: Sendable {
        package var status: ExitStatus
        package var output: [UInt8]
        /// The end of the error output.
        package var error: [UInt8]
        /// Whether more was written than was kept.
        package var isCut: Bool
        package var name: String

        /// The standard output as text.
        package var text: String { String(decoding: output, as: UTF8.self) }
        /// The error output as text.
        package var errorText: String { String(decoding: error, as: UTF8.self) }

        /// Itself when the program succeeded; else throws a problem with its last words.
        @discardableResult
        package func checked() throws(CommandProblem) -> Output {
            if status.isSuccess { return self }
            throw CommandProblem.failed(name, status, lastWords: Command.lastWords(error.isEmpty ? output : error))
        }
    }

    /// The last lines of an output in one line, for messages.
    package static func lastWords(_ bytes: [UInt8], lines count: Int = 5) -> String {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).suffix(count)
        return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " / ")
    }

    /// Runs the program to its end and collects what it writes: the first `outputLimit` bytes of its output, the last 64 KiB of
    /// its error output. When the task is cancelled or `timeout` is over, the whole process group is killed.
    package func run(
        input bytes: [UInt8] = [], outputLimit: Int = 64 << 20, timeout: Duration? = nil,
        clock: any Clock<Duration> = ContinuousClock()
    ) async throws -> Output {
        try await limited(to: timeout, clock) {
            let (kept, status) = try await withChild(input: bytes.isEmpty ? .none : .pipe, output: .pipe, error: .pipe)
            { child in
                async let output = child.outputChunks.collect(outputLimit)
                async let error = child.errorChunks.collect(64 << 10, keeping: .last)
                if let input = child.input {
                    // A program may end without reading all its input.
                    do { try await input.send(bytes) } catch let problem as SystemProblem where problem.number == EPIPE
                    {}
                    input.close()
                }
                return try await (output: output, error: error)
            }
            return Output(
                status: status, output: kept.output.bytes, error: kept.error.bytes,
                isCut: kept.output.isCut || kept.error.isCut, name: shortName)
        }
    }

    /// Runs the program to its end and hands on each line as it comes; the program waits while `body` does.
    package func run(
        input: Input = .none, timeout: Duration? = nil, clock: any Clock<Duration> = ContinuousClock(),
        onLine body: @escaping @Sendable (OutputLine) async throws -> Void
    ) async throws -> ExitStatus {
        try await limited(to: timeout, clock) {
            try await withChild(input: input, output: .pipe, error: .pipe) { child in
                for try await line in child.lines { try await body(line) }
            }.status
        }
    }

    /// Starts the program for the length of `body`, then waits for its end. When `body` throws or the task is cancelled, the
    /// whole process group is killed. Nothing of it is left when this returns.
    package func withChild<Value: Sendable>(
        input: Input = .none, output: Sink = .inherited, error: Sink = .inherited, passing: [OpenFile] = [],
        _ body: @Sendable (Child) async throws -> Value
    ) async throws -> (value: Value, status: ExitStatus) {
        let child = try await start(input: input, output: output, error: error, passing: passing)
        return try await withTaskCancellationHandler {
            // Waiting beside the body ends what the program leaves in the background, which may still hold the pipes.
            async let status = child.wait()
            do {
                let value = try await body(child)
                let ended = await status
                try Task.checkCancellation()
                return (value, ended)
            } catch {
                child.killGroup()
                _ = await status
                throw error
            }
        } onCancel: {
            child.killGroup()
        }
    }

    private func limited<Value: Sendable>(
        to timeout: Duration?, _ clock: any Clock<Duration>, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await clock.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            if let value = try await group.next() ?? nil { return value }
            throw CommandProblem.timedOut(shortName, after: timeout, lastWords: "")
        }
    }
}
