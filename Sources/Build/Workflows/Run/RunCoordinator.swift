import Delivery
import FoundationEssentials
import Problems
import Syntax

/// Runs the jobs of a workflow as far as their needs allow.
struct RunCoordinator: Sendable {
    let request: RunRequest
    let settings: RunnerSettings
    let archive: RunArchive
    let exporter: any RevisionExporter
    let ledger: RunLedger
    let slots: JobSlots
    let places: JobPlaces
    let groups: ConcurrencyGroups
    let masker: Masker
    let cancel: CancelSignal
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date

    /// The outcome of every job, by its id. Jobs that need nothing that is still open run beside each other.
    func run() async -> [String: JobOutcome] {
        var outcomes: [String: JobOutcome] = [:]
        var open = request.plan.file.jobs
        await withTaskGroup(of: (String, JobOutcome).self) { group in
            func startReady() {
                let ready = open.filter { $0.needs.allSatisfy { outcomes[$0.name] != nil } }
                open.removeAll { job in ready.contains { $0.id == job.id } }
                for job in ready {
                    let known = outcomes
                    group.addTask { (job.id, await run(job, known)) }
                }
            }
            startReady()
            while let (id, outcome) = await group.next() {
                outcomes[id] = outcome
                startReady()
            }
        }
        return outcomes
    }

    private func run(_ job: WorkflowJob, _ known: [String: JobOutcome]) async -> JobOutcome {
        do {
            let context = context(job, known)
            guard try job.condition.holds(in: context) else {
                let result: RunStatus = cancel.isCancelled ? .cancelled : .skipped
                try await ledger.add([record(job, key: job.id, name: job.id, [], status: result)])
                return JobOutcome(result: result)
            }
            return try await runMatrix(job, context)
        } catch {
            let words = masker.mask(brief(error))
            var record = record(job, key: job.id, name: job.id, [], status: .failure)
            record.problem = words
            try? await ledger.add([record])
            return JobOutcome(
                result: .failure,
                problem: RunProblem(
                    workflow: request.plan.file.displayName, job: job.id, what: words, lastLines: []))
        }
    }

    private func context(_ job: WorkflowJob, _ known: [String: JobOutcome]) -> JobContext {
        var context = RunContexts(request: request, serverURL: settings.serverURL).run()
        context.values["needs"] = .members(
            job.needs.map { need in
                let outcome = known[need.name]
                return (
                    need.name,
                    .members([
                        ("result", .string((outcome?.result ?? .skipped).rawValue)),
                        ("outputs", .strings(outcome?.outputs ?? [:])),
                    ])
                )
            })
        let before = request.plan.ancestors(of: job.id).compactMap { known[$0]?.result }
        if cancel.isCancelled {
            context.status = .cancelled
        } else if before.contains(.failure) {
            context.status = .failure
        } else if before.contains(where: { $0 != .success }) {
            context.status = .skipped
        }
        return context
    }

    private func runMatrix(_ job: WorkflowJob, _ context: JobContext) async throws -> JobOutcome {
        let combinations =
            try job.strategy?.matrix.map { matrix in
                try MatrixExpansion.expand(try matrix.value(in: context), at: matrix.location)
            } ?? [[]]
        if combinations.isEmpty { return JobOutcome(result: .skipped) }
        let failFast = try job.strategy?.failFast?.value(in: context).isTruthy ?? true
        let limit = try job.strategy?.maxParallel?.value(in: context).number ?? Double(combinations.count)
        let parallel =
            limit.isFinite && limit >= 1 ? min(Int(min(limit, 10_000)), combinations.count) : combinations.count
        let group = CancelSignal(below: cancel)
        var instances: [Instance] = []
        for (index, combination) in combinations.enumerated() {
            instances.append(try instance(job, index, combinations.count, combination, context, failFast, parallel))
        }
        try await ledger.add(instances.map(\.record))
        return await run(instances, parallel, group, failFast)
    }

    /// A job with its combination and contexts.
    private struct Instance: Sendable {
        var job: WorkflowJob
        var matrix: MatrixExpansion.Combination
        var contexts: [String: ExpressionValue]
        var mayFail: Bool
        /// The concurrency group, if it has one.
        var group: String?
        var cancelsHolder: Bool
        var record: JobRecord
    }

    private func instance(
        _ job: WorkflowJob, _ index: Int, _ count: Int, _ combination: MatrixExpansion.Combination,
        _ context: JobContext,
        _ failFast: Bool, _ parallel: Int
    ) throws -> Instance {
        var context = context
        context.values["matrix"] = .members(combination.map { ($0.key, $0.value) })
        context.values["strategy"] = .members([
            ("fail-fast", .bool(failFast)), ("job-index", .number(Double(index))),
            ("job-total", .number(Double(count))),
            ("max-parallel", .number(Double(parallel))),
        ])
        let suffix = MatrixExpansion.suffix(combination)
        let name = try job.name?.text(in: context) ?? (suffix.isEmpty ? job.id : "\(job.id) (\(suffix))")
        let mayFail = try job.continueOnError?.value(in: context).isTruthy ?? false
        let group = try job.concurrency.map { "\(request.revision.app)/\(try $0.group.text(in: context))" }
        return Instance(
            job: job, matrix: combination, contexts: context.values, mayFail: mayFail, group: group,
            cancelsHolder: try job.concurrency?.cancelInProgress?.value(in: context).isTruthy ?? false,
            record: record(
                job, key: count > 1 ? "\(job.id)-\(index + 1)" : job.id, name: masker.mask(name), combination,
                status: .queued))
    }

    private func record(
        _ job: WorkflowJob, key: String, name: String, _ matrix: MatrixExpansion.Combination, status: RunStatus
    ) -> JobRecord {
        JobRecord(
            key: key, id: job.id, name: name,
            matrix: Dictionary(matrix.map { ($0.key, masker.mask($0.value.text)) }, uniquingKeysWith: { $1 }),
            status: status,
            steps: [], annotations: [])
    }

    private func run(_ instances: [Instance], _ parallel: Int, _ signal: CancelSignal, _ failFast: Bool) async
        -> JobOutcome
    {
        await withTaskGroup(of: (Int, JobOutcome).self) { group in
            var next = 0
            func startNext() {
                guard next < instances.count else { return }
                let position = next
                next += 1
                group.addTask { (position, await run(instances[position], signal)) }
            }
            for _ in 0..<parallel { startNext() }
            var outcomes = [JobOutcome?](repeating: nil, count: instances.count)
            while let (position, outcome) = await group.next() {
                outcomes[position] = outcome
                if outcome.result == .failure, failFast, instances.count > 1 {
                    signal.cancel("another job of the matrix failed")
                }
                startNext()
            }
            return Self.combine(outcomes.compactMap { $0 })
        }
    }

    private func run(_ instance: Instance, _ signal: CancelSignal) async -> JobOutcome {
        // A job that asks to run although the run was cancelled starts afresh.
        let isAlways = instance.job.condition.asksForStatus && self.cancel.isCancelled
        let cancel = isAlways ? CancelSignal() : CancelSignal(below: signal)
        let done = await holding(instance, cancel) {
            await slots.withSlot(cancel) {
                await places.hold("\(request.id.app)-\(request.key)-\(instance.record.key)") { place in
                    await runner(instance, place, cancel).run()
                }
            }
        }
        guard var outcome = done else {
            _ = try? await ledger.update(instance.record.key) { record in
                record.status = .cancelled
                return .jobFinished(record)
            }
            return JobOutcome(result: .cancelled)
        }
        if outcome.result == .failure, instance.mayFail {
            outcome.result = .success
            outcome.problem = nil
        }
        return outcome
    }

    private func runner(_ instance: Instance, _ place: String, _ cancel: CancelSignal) -> JobRunner {
        JobRunner(
            key: instance.record.key, job: instance.job, matrix: instance.matrix, contexts: instance.contexts,
            place: place, request: request, settings: settings, archive: archive, exporter: exporter, ledger: ledger,
            masker: masker, cancel: cancel, clock: clock, now: now)
    }

    private func holding(
        _ instance: Instance, _ cancel: CancelSignal, _ body: () async -> JobOutcome?
    ) async -> JobOutcome? {
        guard let group = instance.group else { return await body() }
        return await groups.hold(group, cancelsHolder: instance.cancelsHolder, cancel) { await body() } ?? nil
    }

    /// One result for all jobs of a matrix; of outputs, the last job that sets one wins.
    private static func combine(_ outcomes: [JobOutcome]) -> JobOutcome {
        var whole = JobOutcome(result: .success)
        for outcome in outcomes { whole.outputs.merge(outcome.outputs) { $1.isEmpty ? $0 : $1 } }
        if let failed = outcomes.first(where: { $0.result == .failure })
            ?? outcomes.first(where: { $0.result == .cancelled })
        {
            whole.result = failed.result
            whole.problem = failed.problem
        }
        return whole
    }
}
