import Delivery
package import FoundationEssentials
import Problems
import Syntax

/// Runs workflows. Jobs of all runs share one limit.
package final class WorkflowRunner: Sendable {
    package let archive: RunArchive
    private let settings: RunnerSettings
    private let exporter: any RevisionExporter
    private let slots: JobSlots
    private let places = JobPlaces()
    private let groups = ConcurrencyGroups()
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> Date

    package init(
        archive: RunArchive, settings: RunnerSettings, exporter: any RevisionExporter,
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.archive = archive
        self.settings = settings
        self.exporter = exporter
        self.clock = clock
        self.now = now
        slots = JobSlots(settings.parallelJobs)
    }

    /// Runs a workflow to its end. Cancelling the task stops the jobs, lets their `always()` steps run, and returns a result
    /// whose status is `cancelled`.
    ///
    /// - Throws: Only where the run can't even be recorded, such as on a full disk; a failing job is a result.
    package func run(
        _ request: RunRequest, events handler: @escaping @Sendable (RunEvent) async -> Void = { _ in }
    ) async throws -> RunResult {
        let cancel = CancelSignal()
        // The work goes on after the caller is cancelled, until its own clean-up is done; it is always awaited here.
        let work = Task { try await self.run(request, cancel, handler) }
        return try await withTaskCancellationHandler {
            try await work.value
        } onCancel: {
            cancel.cancel("the run was cancelled")
        }
    }

    private func run(
        _ request: RunRequest, _ cancel: CancelSignal, _ handler: @escaping @Sendable (RunEvent) async -> Void
    ) async throws -> RunResult {
        let masker = Masker(request.secrets.values)
        let contexts = RunContexts(request: request, serverURL: settings.serverURL).run()
        let title = try request.plan.file.runName?.text(in: contexts) ?? request.revision.subject
        let ledger = RunLedger(
            RunRecord(
                id: request.id, key: request.key, workflow: request.plan.file.displayName,
                path: request.plan.file.source.name, title: masker.mask(title), revision: request.revision,
                event: request.event.kind.rawValue, actor: request.event.actor, status: .running, startedAt: now(),
                jobs: []),
            archive: archive, handler: handler)
        try await ledger.start()
        let coordinator = RunCoordinator(
            request: request, settings: settings, archive: archive, exporter: exporter, ledger: ledger, slots: slots,
            places: places, groups: groups, masker: masker, cancel: cancel, clock: clock, now: now)
        let outcomes = try await holding(request.plan.file.concurrency, request, contexts, cancel) {
            await coordinator.run()
        }
        return try await conclude(request, outcomes, cancel, ledger)
    }

    private func holding(
        _ concurrency: Concurrency?, _ request: RunRequest, _ context: JobContext, _ cancel: CancelSignal,
        _ body: () async -> [String: JobOutcome]
    ) async throws -> [String: JobOutcome] {
        guard let concurrency else { return await body() }
        let group = "\(request.revision.app)/\(try concurrency.group.text(in: context))"
        let cancels = try concurrency.cancelInProgress?.value(in: context).isTruthy ?? false
        return await groups.hold(group, cancelsHolder: cancels, cancel) { await body() } ?? [:]
    }

    private func conclude(
        _ request: RunRequest, _ outcomes: [String: JobOutcome], _ cancel: CancelSignal, _ ledger: RunLedger
    ) async throws -> RunResult {
        let ordered = request.plan.file.jobs.compactMap { outcomes[$0.id] }
        let failed = ordered.first { $0.result == .failure }
        var status = RunStatus.success
        if failed != nil { status = .failure }
        if cancel.isCancelled || failed == nil && ordered.contains(where: { $0.result == .cancelled }) {
            status = .cancelled
        }
        var problem = failed?.problem
        if status == .cancelled {
            problem = RunProblem(
                workflow: request.plan.file.displayName, what: cancel.reason ?? "a job was cancelled", lastLines: [],
                isCancelled: true)
        }
        let record = try await ledger.finish(status, problem: problem?.summary, at: now())
        return RunResult(record: record, problem: problem)
    }
}
