import FoundationEssentials
import Glibc
import Linux
import Synchronization

/// The log of a job, written as the job runs. Secrets are masked before a line is written.
final class JobLog: Sendable {
    private let file: OpenFile
    private let signal: LogSignal
    private let masker: Masker
    private let now: @Sendable () -> Date
    private let recent = Mutex<[String]>([])

    /// How many of the last lines a failing step's problem quotes.
    static let quoted = 20

    init(path: String, signal: LogSignal, masker: Masker, now: @escaping @Sendable () -> Date) throws {
        file = try OpenFile.open(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o640)
        self.signal = signal
        self.masker = masker
        self.now = now
    }

    /// Appends a line and returns it as it was written.
    @discardableResult
    func write(_ kind: LogLine.Kind, _ text: String, step: Int?) throws -> LogLine {
        let line = LogLine(at: now(), step: step, kind: kind, text: masker.mask(text))
        let bytes = line.bytes
        try file.writeAll(bytes)
        signal.grew(by: bytes.count)
        recent.withLock { recent in
            if kind == .step { recent.removeAll() }
            if kind == .output || kind == .error { recent.append(line.text) }
            if recent.count > Self.quoted { recent.removeFirst(recent.count - Self.quoted) }
        }
        return line
    }

    /// The last lines of the step that runs.
    var lastLines: [String] { recent.withLock { $0 } }

    func close() {
        signal.finish()
        file.close()
    }
}
