import Console
import Delivery
import Foundation
import Problems
import Releases
import Workflows

extension ConsoleReader {
    func runs(limit: Int) async throws -> [RunSummary] {
        var all: [RunSummary] = []
        for app in try await apps() { all += try await pipeline.runs(app, limit: limit).map { Self.summary($0) } }
        return Array(all.sorted { $0.startedAt > $1.startedAt }.prefix(limit))
    }

    func run(_ id: RunID) async throws -> RunFacts? {
        let record: DeliveryRecord
        do { record = try await pipeline.run(id) } catch let problem as ReleasesProblem
            where problem.category == .notFound
        {
            return nil
        }
        var looks: [CanaryLookFacts] = []
        var evidence: [String] = []
        for line in try await pipeline.progress(id) {
            if !line.evidence.isEmpty { evidence = line.evidence }
            guard let look = line.canary, let environment = try? EnvironmentName(line.stage) else { continue }
            looks.append(CanaryLookFacts(environment: environment, at: line.at, look: Self.facts(of: look)))
        }
        var phase: UnderWayFacts.Phase?
        if case .environment(_, let current) = record.state { phase = UnderWayFacts.Phase(rawValue: current.name) }
        let environment = record.state.environment
        return RunFacts(
            summary: Self.summary(record), stages: record.stages.map { Self.stage($0) },
            jobs: try archive.records(id).flatMap { Self.jobs($0) }, looks: looks, evidence: evidence,
            environment: environment, phase: phase,
            approvers: phase == .approval ? environment.flatMap { record.file?.environment($0)?.approvers } ?? [] : [],
            leadTime: record.stages.last?.endedAt.map { $0.timeIntervalSince(record.revision.committedAt) })
    }

    func log(of run: RunID, workflow: String, job: String) async throws -> AsyncThrowingStream<LogLineFacts, any Error>?
    {
        guard let record = try archive.record(run, workflow), record.jobs.contains(where: { $0.key == job }) else {
            return nil
        }
        let lines = archive.log(run, workflow, job: job)
        return AsyncThrowingStream { continuation in
            let reading = Task {
                do {
                    for try await line in lines {
                        continuation.yield(
                            LogLineFacts(
                                at: line.at, kind: LogLineFacts.Kind(rawValue: line.kind.rawValue) ?? .output,
                                text: line.text))
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            continuation.onTermination = { _ in reading.cancel() }
        }
    }

    static func summary(_ record: DeliveryRecord) -> RunSummary {
        let standing: RunSummary.Standing
        var summary = record.stages.last.map { "\($0.name): \($0.detail)" } ?? "begins"
        switch record.state {
        case .queued: standing = .queued
        case .workflow, .images: standing = .running
        case .environment(_, .approval), .environment(_, .waiting): standing = .waiting
        case .environment: standing = .running
        case .finished(let outcome):
            summary = outcome.summary
            switch outcome {
            case .succeeded: standing = .succeeded
            case .failed: standing = .failed
            case .cameBack: standing = .cameBack
            case .aborted: standing = .aborted
            case .superseded: standing = .superseded
            case .interrupted: standing = .interrupted
            }
        }
        return RunSummary(
            id: record.id, purpose: record.purpose, revision: record.revision, actor: record.actor,
            startedAt: record.createdAt,
            endedAt: record.state.isFinished ? record.stages.last?.endedAt : nil, standing: standing, summary: summary,
            release: record.release)
    }

    private static func stage(_ stage: StageRecord) -> StageFacts {
        StageFacts(
            name: stage.name, status: StageFacts.Status(rawValue: stage.status.rawValue) ?? .running,
            detail: stage.detail,
            startedAt: stage.startedAt, endedAt: stage.endedAt)
    }

    private static func jobs(_ record: RunRecord) -> [JobFacts] {
        record.jobs.map { job in
            JobFacts(
                workflow: record.key, key: job.key, name: job.name,
                status: JobFacts.Status(rawValue: job.status.rawValue) ?? .queued,
                startedAt: job.startedAt, endedAt: job.finishedAt,
                steps: job.steps.map { step in
                    let seconds = step.finishedAt.flatMap { end in step.startedAt.map { end.timeIntervalSince($0) } }
                    return StepFacts(
                        name: step.name, status: JobFacts.Status(rawValue: step.conclusion.rawValue) ?? .queued,
                        seconds: seconds)
                }, problem: job.problem)
        }
    }
}
