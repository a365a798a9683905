import FoundationEssentials

/// The record of a run that goes on: changed, saved, told to who listens.
actor RunLedger {
    private(set) var record: RunRecord
    private let archive: RunArchive
    private let handler: @Sendable (RunEvent) async -> Void

    init(_ record: RunRecord, archive: RunArchive, handler: @escaping @Sendable (RunEvent) async -> Void) {
        self.record = record
        self.archive = archive
        self.handler = handler
    }

    func start() async throws {
        try archive.save(record)
        await handler(.runStarted(record))
    }

    func add(_ jobs: [JobRecord]) throws {
        record.jobs += jobs
        try archive.save(record)
    }

    /// Changes a job's record, saves it and tells what the change calls for.
    @discardableResult
    func update(
        _ job: String, saving: Bool = true, _ change: @Sendable (inout JobRecord) -> RunEvent?
    ) async throws -> JobRecord {
        guard let index = record.jobs.firstIndex(where: { $0.key == job }) else { throw CancellationError() }
        let event = change(&record.jobs[index])
        let job = record.jobs[index]
        if saving { try archive.save(record) }
        if let event { await handler(event) }
        return job
    }

    func tell(_ event: RunEvent) async { await handler(event) }

    func finish(_ status: RunStatus, problem: String?, at now: Date) async throws -> RunRecord {
        record.status = status
        record.problem = problem
        record.finishedAt = now
        try archive.save(record)
        await handler(.runFinished(record))
        return record
    }
}
