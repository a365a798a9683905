package import Delivery
package import FoundationEssentials
import Glibc
import Linux
import Problems
import Synchronization

/// Where runs are kept: `APP/NUMBER/KEY/` holds `run.json`, `JOB.log` and `JOB.summary.md`; `APP/NUMBER/artifacts/NAME/` the artifacts.
package final class RunArchive: Sendable {
    package let directory: String
    private let signals = Mutex<[String: LogSignal]>([:])

    package init(directory: String) {
        self.directory = directory
    }

    /// The folder of a run of an app's pipeline.
    package func folder(_ id: RunID) -> String { "\(directory)/\(id.app)/\(id.number)" }

    /// The folder of one workflow of a run.
    package func folder(_ id: RunID, _ key: String) -> String { "\(folder(id))/\(key)" }

    /// The folder of an artifact, whether it is there or not.
    package func artifact(_ id: RunID, _ name: String) -> String { "\(folder(id))/artifacts/\(name)" }

    /// The names of a run's artifacts, sorted.
    package func artifacts(_ id: RunID) -> [String] { Self.entries("\(folder(id))/artifacts") }

    /// The record of a workflow of a run; nil where there is none.
    package func record(_ id: RunID, _ key: String) throws -> RunRecord? {
        guard let data = FileManager.default.contents(atPath: folder(id, key) + "/run.json") else { return nil }
        do {
            return try Self.decoder.decode(RunRecord.self, from: data)
        } catch {
            throw PlainProblem(
                "workflows.archive.damaged", "\(folder(id, key))/run.json can't be read",
                remedy: "Move the folder away.",
                cause: error)
        }
    }

    /// Every workflow of a run, in the order in which they started.
    package func records(_ id: RunID) throws -> [RunRecord] {
        try Self.entries(folder(id)).filter { $0 != "artifacts" }.compactMap { try record(id, $0) }
            .sorted { $0.startedAt < $1.startedAt }
    }

    /// The numbers of an app's runs, the newest first.
    package func numbers(of app: AppName) -> [Int] {
        Self.entries("\(directory)/\(app)").compactMap { Int($0) }.sorted(by: >)
    }

    /// Removes a run's logs, summaries and artifacts. The run must be over.
    package func remove(_ id: RunID) throws { try FileSystem.removeTree(folder(id)) }

    /// Writes the record so that a crash leaves either the old or the new one.
    func save(_ record: RunRecord) throws {
        let folder = folder(record.id, record.key)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let temporary = "\(folder)/.run.json.\(getpid())"
        let file = try OpenFile.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o640)
        try file.writeAll(Array(try Self.encoder.encode(record)))
        if record.status.hasEnded { try file.sync() }
        file.close()
        guard rename(temporary, "\(folder)/run.json") == 0 else {
            throw SystemProblem("rename", temporary, number: errno)
        }
    }

    /// A job's log: what is there, then what comes until the job ends.
    package func log(_ id: RunID, _ key: String, job: String) -> LogReader {
        let path = logPath(id, key, job)
        return LogReader(path: path, signal: signals.withLock { $0[path] })
    }

    /// Marks what was running when an earlier process ended, and kills what is left of it. To be called before anything is run.
    package func markInterrupted(now: Date) throws -> [RunRecord] {
        var marked: [RunRecord] = []
        for app in Self.entries(directory).compactMap({ try? AppName($0) }) {
            for number in numbers(of: app) {
                for var record in try records(RunID(app: app, number: number)) where !record.status.hasEnded {
                    for job in record.jobs {
                        ProcessSweep.kill(marked: JobFolders.mark(record.id, record.key, job.key, in: directory))
                    }
                    record.interrupt(at: now)
                    try save(record)
                    marked.append(record)
                }
            }
        }
        return marked
    }

    func logPath(_ id: RunID, _ key: String, _ job: String) -> String { "\(folder(id, key))/\(job).log" }

    func openSignal(_ path: String) -> LogSignal {
        let signal = LogSignal()
        signals.withLock { $0[path] = signal }
        return signal
    }

    func closeSignal(_ path: String) { signals.withLock { $0[path] = nil } }

    private static func entries(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .millisecondsSince1970
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .millisecondsSince1970
        return decoder
    }
}

extension RunRecord {
    /// Turns everything that hadn't ended into `interrupted`.
    mutating func interrupt(at now: Date) {
        func mark(_ status: inout RunStatus) { if !status.hasEnded { status = .interrupted } }
        mark(&status)
        finishedAt = finishedAt ?? now
        problem = problem ?? "Estiba ended while this was running"
        for job in jobs.indices {
            mark(&jobs[job].status)
            jobs[job].finishedAt = jobs[job].finishedAt ?? now
            for step in jobs[job].steps.indices {
                mark(&jobs[job].steps[step].outcome)
                mark(&jobs[job].steps[step].conclusion)
            }
        }
    }
}
