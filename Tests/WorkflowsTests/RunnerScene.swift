import Delivery
import FoundationEssentials
import Synchronization
import Syntax

@testable import Workflows

/// A runner with folders of its own, and a repository that is a handful of files.
final class RunnerScene: Sendable {
    struct Files: RevisionExporter {
        let files: [String: String]

        func export(_ revision: Revision, into directory: String, earlier: String?) async throws {
            for (path, text) in files {
                let target = directory + "/" + path
                let folder = target.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
                    separator: "/")
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: URL(filePath: target))
            }
        }
    }

    let root: String
    let archive: RunArchive
    let runner: WorkflowRunner
    let revision: Revision
    let events = Mutex<[RunEvent]>([])

    init(files: [String: String] = [:], jobs: Int = 2) throws {
        root =
            FileManager.default.temporaryDirectory.path(percentEncoded: false) + "estiba-workflows-" + UUID().uuidString
        archive = RunArchive(directory: root + "/runs")
        let settings = RunnerSettings(
            scratch: root + "/scratch", caches: root + "/caches", parallelJobs: jobs,
            environment: RunnerSettings.harmless(ProcessInfo.processInfo.environment))
        runner = WorkflowRunner(archive: archive, settings: settings, exporter: Files(files: files))
        revision = Revision(
            app: try AppName("harbour"), commit: "3f2a9c1d00000000000000000000000000000000", ref: "refs/heads/main",
            authorName: "Ana", authorEmail: "ana@example.com", subject: "routes: arrival estimate",
            committedAt: Date(timeIntervalSince1970: 1_700_000_000))
    }

    func remove() { try? FileManager.default.removeItem(atPath: root) }

    func request(_ workflow: String, number: Int = 1, secrets: [String: String] = [:]) throws -> RunRequest {
        RunRequest(
            id: RunID(app: revision.app, number: number),
            plan: try WorkflowPlan.read(SourceText(name: ".github/workflows/ci.yml", workflow)), revision: revision,
            event: WorkflowEvent(.push, ref: "refs/heads/main", actor: "ana"), secrets: secrets,
            variables: ["REGION": "eu"])
    }

    func run(_ workflow: String, number: Int = 1, secrets: [String: String] = [:]) async throws -> RunResult {
        let request = try request(workflow, number: number, secrets: secrets)
        return try await runner.run(request) { event in self.events.withLock { $0.append(event) } }
    }

    /// The text of a job's log.
    func log(_ job: String, number: Int = 1, _ kinds: Set<LogLine.Kind> = [.output]) async throws -> [String] {
        var lines: [String] = []
        for try await line in archive.log(RunID(app: revision.app, number: number), "ci", job: job)
        where kinds.contains(line.kind) {
            lines.append(line.text)
        }
        return lines
    }

    /// Runs with a fresh scene, which is gone afterwards.
    static func with<Value>(
        files: [String: String] = [:], jobs: Int = 2, _ body: (RunnerScene) async throws -> Value
    ) async throws -> Value {
        let scene = try RunnerScene(files: files, jobs: jobs)
        defer { scene.remove() }
        return try await body(scene)
    }
}
