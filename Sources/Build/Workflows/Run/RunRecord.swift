package import Delivery
package import FoundationEssentials

/// How far something has come, and how it ended.
package enum RunStatus: String, Sendable, Codable, Hashable {
    case queued, running, success, failure, cancelled, skipped
    /// It was running when Estiba ended.
    case interrupted

    package var hasEnded: Bool { self != .queued && self != .running }
}

/// One execution of a workflow, as it is kept on disk.
package struct RunRecord: Sendable, Codable, Equatable {
    package var id: RunID
    /// The workflow's key in its run: `ci`.
    package var key: String
    /// The workflow's name as people see it.
    package var workflow: String
    package var path: String
    package var title: String
    package var revision: Revision
    package var event: String
    package var actor: String
    package var status: RunStatus
    package var startedAt: Date
    package var finishedAt: Date?
    package var jobs: [JobRecord]
    /// Why it failed, for people.
    package var problem: String?

    /// How many annotations of each level the jobs have made.
    package var annotationCounts: [String: Int] {
        jobs.flatMap(\.annotations).reduce(into: [:]) { $0[$1.level.rawValue, default: 0] += 1 }
    }
}

/// One job; one for each combination of a matrix.
package struct JobRecord: Sendable, Codable, Equatable {
    /// Unique in the run and safe in a file name: `build`, `build-2`.
    package var key: String
    /// The id in the workflow file.
    package var id: String
    package var name: String
    package var matrix: [String: String]
    package var status: RunStatus
    package var startedAt: Date?
    package var finishedAt: Date?
    package var steps: [StepRecord]
    package var annotations: [Annotation]
    package var problem: String?
}

/// One step of a job.
package struct StepRecord: Sendable, Codable, Equatable {
    package var id: String
    package var name: String
    /// How it ended before `continue-on-error` is applied.
    package var outcome: RunStatus
    /// How it ended after `continue-on-error` is applied.
    package var conclusion: RunStatus
    package var exitCode: Int?
    package var startedAt: Date?
    package var finishedAt: Date?
}

/// A remark of a step about a file, or about anything.
package struct Annotation: Sendable, Codable, Equatable {
    package enum Level: String, Sendable, Codable { case notice, warning, error }
    package var level: Level
    package var message: String
    package var title: String?
    package var file: String?
    package var line: Int?
    package var column: Int?
    /// Position of the step in the job, from 0.
    package var step: Int?
}
