import Delivery
import Foundation
import Identity
import Releases
import Syntax
import Workflows

/// The workflow runner as the pipeline's CI.
struct Checks: WorkflowRunning {
    let runner: WorkflowRunner
    let secrets: SealedSecrets

    func run(_ order: WorkflowOrder, report: @escaping @Sendable (String) async -> Void) async throws -> WorkflowResult
    {
        let bytes = try Data(contentsOf: URL(filePath: order.checkout + "/" + order.path))
        let plan = try WorkflowPlan.read(SourceText(name: order.path, utf8: Array(bytes)))
        let request = RunRequest(
            id: order.run, key: order.key, plan: plan, revision: order.revision,
            event: WorkflowEvent(Self.kind(plan), ref: order.revision.ref, actor: order.revision.authorName),
            secrets: try await secrets.all, environment: order.environment)
        let tail = LogTail()
        let result = try await runner.run(request) { event in
            switch event {
            case .stepStarted(let job, _, let step): await report("\(job): \(step.name)")
            case .line(_, let line): await tail.add(line.text)
            default: break
            }
        }
        let artifacts = runner.archive.artifacts(order.run).map { ($0, runner.archive.artifact(order.run, $0)) }
        return WorkflowResult(
            succeeded: result.isSuccess, summary: await tail.summary(of: result),
            lastLines: result.isSuccess ? [] : await tail.lines,
            artifacts: Dictionary(artifacts, uniquingKeysWith: { $1 }))
    }

    /// A workflow that only a dispatch starts, as one that verifies may be, gets one.
    private static func kind(_ plan: WorkflowPlan) -> WorkflowEvent.Kind {
        plan.file.triggers.push == nil && plan.file.triggers.dispatch != nil ? .workflowDispatch : .push
    }
}

/// The end of a log, and what test runners said in it.
private actor LogTail {
    private(set) var lines: [String] = []
    private var tests = 0

    func add(_ line: String) {
        lines.append(line)
        if lines.count > 20 { lines.removeFirst() }
        tests += Self.passedTests(line)
    }

    func summary(of result: RunResult) -> String {
        if let problem = result.problem { return problem.summary }
        let jobs = result.record.jobs.map(\.name).joined(separator: ", ")
        return tests > 0 ? "\(jobs), \(tests) tests" : jobs
    }

    /// How many tests a closing line of a test runner counts: `Test run with 36 tests in 5 suites passed`, `36 passed`.
    private static func passedTests(_ line: String) -> Int {
        if let match = line.firstMatch(of: /Test run with (\d+) tests? .*passed/) { return Int(match.1) ?? 0 }
        if let match = line.firstMatch(of: /^=* ?(\d+) passed/) { return Int(match.1) ?? 0 }
        return 0
    }
}
