package import Delivery
import FoundationEssentials
package import Logging
import ServiceLifecycle
package import Store

/// Takes commits to production. One actor owns all runs; each run under way has a task that goes from state to state.
/// A state is on disk before it is worked on, so that a restart goes on from there.
package actor Pipeline: ServiceLifecycle.Service {
    let store: ReleaseStore
    let journal: Journal
    let ports: PipelinePorts
    let clock: PipelineClock
    /// A directory for checkouts.
    let workspace: String
    let logger: Logger

    /// All unfinished runs.
    var records: [RunID: DeliveryRecord] = [:]
    var logs: [RunID: ProgressLog] = [:]
    private var working: Set<RunID> = []
    private var stops: [RunID: AsyncStream<Void>.Continuation] = [:]
    var freezes: [Freeze] = []
    /// As it was seen last; nothing where nobody has looked yet.
    var drifts: [EnvironmentKey: [Drift]] = [:]
    private var loading = Loading.notYet
    private var nextWake: Date?
    private let errands: AsyncStream<Errand>
    private let errand: AsyncStream<Errand>.Continuation

    /// Something that needs a task of its own.
    private enum Errand {
        case supervise(RunID)
        /// Look at the gates again.
        case wake(at: Date)
    }

    package init(
        store: ReleaseStore, journal: Journal, ports: PipelinePorts, clock: PipelineClock = .system, workspace: String,
        logger: Logger
    ) {
        self.store = store
        self.journal = journal
        self.ports = ports
        self.clock = clock
        self.workspace = workspace
        self.logger = logger
        (errands, errand) = AsyncStream<Errand>.makeStream()
    }

    /// Goes on with what was under way, then works until cancelled.
    package func run() async throws {
        try await load()
        await schedule()
        await withDiscardingTaskGroup { group in
            for await errand in errands.cancelOnGracefulShutdown() {
                group.addTask {
                    switch errand {
                    case .supervise(let id): await self.supervise(id)
                    case .wake(let date): await self.awake(at: date)
                    }
                }
            }
            group.cancelAll()
        }
    }

    private enum Loading {
        case notYet
        case underWay([CheckedContinuation<Void, Never>])
        case done
    }

    /// Reads the unfinished runs, once; who comes meanwhile waits.
    func load() async throws {
        switch loading {
        case .done: return
        case .underWay:
            await withCheckedContinuation { waiter in
                if case .underWay(let others) = loading {
                    loading = .underWay(others + [waiter])
                } else {
                    waiter.resume()
                }
            }
            try await load()
        case .notYet:
            loading = .underWay([])
            do { try await readUnfinished() } catch {
                endLoading(as: .notYet)
                throw error
            }
            endLoading(as: .done)
        }
    }

    private func endLoading(as state: Loading) {
        if case .underWay(let waiters) = loading { for waiter in waiters { waiter.resume() } }
        loading = state
    }

    private func readUnfinished() async throws {
        freezes = try await store.freezes()
        for record in try await store.unfinishedRuns() {
            records[record.id] = record
            logs[record.id] = ProgressLog(try await store.progress(record.id))
        }
        for record in records.values.sorted(by: { $0.id.number < $1.id.number }) where record.state.isActive {
            logger.notice("run goes on after a restart", metadata: ["run": "\(record.id)"])
            report(record.id, stageName(record.state), .running, "goes on after a restart")
            do { try await resume(record) } catch {
                try await finish(record.id, .interrupted(message: "\(error)"))
            }
        }
    }

    /// A run that was building begins its workflow anew, unless nothing of the workflow is needed any more.
    private func resume(_ record: DeliveryRecord) async throws {
        if case .images(let artifacts) = record.state,
            artifacts.values.contains(where: { !FileManager.default.fileExists(atPath: $0) })
        {
            try await change(record.id) { $0.state = .workflow }
        }
        if case .environment(let name, let phase) = record.state {
            guard let release = record.release, try await store.content(release) != nil else {
                throw ReleasesProblem.lost(what: "the release of \(record.id)")
            }
            if phase.hasTouched {
                try await note(
                    .runInterrupted, record, environment: name, message: "goes on after a restart of estiba")
            }
        }
    }

    // MARK: Scheduling

    /// Starts what may start and sets aside what gives way. Called whenever a run has changed.
    func schedule() async {
        var changed = true
        while changed {
            changed = false
            let kept: Set<RunID>
            do { kept = try await keepGates() } catch {
                logger.error("run can't be written down", metadata: ["error": "\(error)"])
                return
            }
            for action in LanePlan.next(Array(records.values), kept: kept) {
                do {
                    switch action {
                    case .start(let id, let state):
                        try await change(id) { $0.state = state }
                        if case .environment(let name, .approval) = state { try await askForApproval(id, name) }
                    case .supersede(let id, let newer): try await finish(id, .superseded(by: newer))
                    }
                    changed = true
                } catch {
                    logger.error("run can't be written down", metadata: ["error": "\(error)"])
                    return
                }
            }
        }
        for record in records.values where record.state.isActive && working.insert(record.id).inserted {
            errand.yield(.supervise(record.id))
        }
    }

    /// Has the gates looked at again at a time, or earlier.
    func wake(at date: Date) {
        if let nextWake, nextWake <= date { return }
        nextWake = date
        errand.yield(.wake(at: date))
    }

    private func awake(at date: Date) async {
        // In pieces, since the clock on the wall may be set while this one sleeps.
        while nextWake == date, !Task.isCancelled {
            let left = date.timeIntervalSince(clock.now())
            if left <= 0 { break }
            do { try await clock.sleep(.seconds(min(left, 300))) } catch { return }
        }
        guard nextWake == date else { return }
        nextWake = nil
        await schedule()
    }

    /// Works on one run until it waits, ends, or is stopped.
    private func supervise(_ id: RunID) async {
        let (stop, continuation) = AsyncStream<Void>.makeStream()
        stops[id] = continuation
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.work(id) }
            group.addTask { for await _ in stop { return } }
            await group.next()
            group.cancelAll()
        }
        stops[id] = nil
        working.remove(id)
        if Task.isCancelled { return }
        if let record = records[id], let order = record.abort, record.state.isBuilding {
            do { try await finish(id, .aborted(by: order.actor)) } catch {
                logger.error("run can't be written down", metadata: ["run": "\(id)", "error": "\(error)"])
            }
        }
        await schedule()
    }

    private func work(_ id: RunID) async {
        while let record = records[id], record.state.isActive, !Task.isCancelled {
            do {
                switch record.state {
                case .workflow: try await runWorkflow(record)
                case .images(let artifacts): try await buildImages(record, artifacts)
                case .environment(let name, let phase): try await runPhase(record, name, phase)
                case .queued, .finished: return
                }
            } catch is CancellationError {
                return
            } catch {
                // The state could not be written down: it is worked on again, which every state allows.
                logger.error("run can't go on, trying again", metadata: ["run": "\(id)", "error": "\(error)"])
                do { try await clock.sleep(.seconds(10)) } catch { return }
            }
        }
    }

    /// Ends the work on a run that builds.
    func stop(_ id: RunID) { stops[id]?.yield() }

    // MARK: Writing down

    /// Changes a run, and writes it down with the progress so far.
    @discardableResult
    func change(
        _ id: RunID, environment: EnvironmentState? = nil, _ mutate: (inout DeliveryRecord) -> Void
    ) async throws -> DeliveryRecord {
        guard var record = records[id] else { throw ReleasesProblem.unknownRun(id.description) }
        mutate(&record)
        record.version += 1
        records[id] = record
        try await store.save(record, environment: environment, progress: logs[id]?.takePending() ?? [])
        return record
    }

    /// Ends a run.
    func finish(_ id: RunID, _ outcome: DeliveryOutcome, environment: EnvironmentState? = nil) async throws {
        guard let record = records[id] else { return }
        let evidence: [String]
        let kind: DeliveryEvent.Kind
        var detail: [String: String] = [:]
        switch outcome {
        case .succeeded: (kind, evidence) = (.runSucceeded, [])
        case .failed(_, _, let lines): (kind, evidence) = (.runFailed, lines)
        case .cameBack(_, let setback):
            (kind, evidence) = (.runFailed, setback.evidence)
            detail["reason"] = setback.kind.rawValue
        case .aborted: (kind, evidence) = (.runAborted, [])
        case .superseded: (kind, evidence) = (.runSuperseded, [])
        case .interrupted: (kind, evidence) = (.runInterrupted, [])
        }
        if !evidence.isEmpty { detail["evidence"] = evidence.joined(separator: "\n") }
        try await note(kind, record, message: outcome.summary, detail: detail)
        report(
            id, "run", outcome.isSuccess ? .ok : outcome.isFailure ? .failed : .aborted, outcome.summary,
            evidence: evidence, outcome: outcome)
        try await change(id, environment: environment) { record in
            record.state = .finished(outcome)
            for index in record.stages.indices where record.stages[index].endedAt == nil {
                record.stages[index].endedAt = clock.now()
                record.stages[index].status = outcome.isFailure ? .failed : outcome.isSuccess ? .ok : .aborted
            }
        }
        logs[id]?.finish()
        logs[id] = nil
        records[id] = nil
        removeCheckout(id)
    }

    /// A line of progress: to followers at once, to disk with the next change.
    func report(
        _ id: RunID, _ stage: String, _ status: StageStatus, _ detail: String, canary: CanaryLook? = nil,
        evidence: [String] = [], outcome: DeliveryOutcome? = nil
    ) {
        let now = clock.now()
        var seconds: Double?
        if stage != "run", var record = records[id] {
            let isOver = status == .ok || status == .failed || status == .aborted
            let index =
                record.stages.firstIndex { $0.name == stage }
                ?? {
                    record.stages.append(StageRecord(name: stage, status: status, detail: detail, startedAt: now))
                    return record.stages.count - 1
                }()
            record.stages[index].status = status
            record.stages[index].detail = detail
            record.stages[index].endedAt = isOver ? now : nil
            seconds = record.stages[index].seconds
            records[id] = record
        }
        logs[id, default: ProgressLog()].append(
            DeliveryProgress(
                run: id, sequence: 0, at: now, stage: stage, status: status, detail: detail, seconds: seconds,
                canary: canary, evidence: evidence, outcome: outcome))
    }

    /// An entry of the Journal about a run.
    func note(
        _ kind: DeliveryEvent.Kind, _ record: DeliveryRecord, environment: EnvironmentName? = nil,
        release: ReleaseID? = nil, actor: String? = nil, message: String, detail: [String: String] = [:]
    ) async throws {
        try await journal.append(
            DeliveryEvent(
                kind, at: clock.now(), app: record.id.app, run: record.id, release: release ?? record.release,
                environment: environment, commit: record.revision.shortCommit, actor: actor ?? record.actor,
                message: message, detail: detail))
    }

    func askForApproval(_ id: RunID, _ name: EnvironmentName) async throws {
        guard let record = records[id] else { return }
        let approvers = record.file?.environment(name)?.approvers.joined(separator: ", ") ?? ""
        report(id, name.value, .waiting, "waits for approval by \(approvers)")
        try await note(.approvalRequested, record, environment: name, message: "waits for approval by \(approvers)")
        try await change(id) { _ in }
    }

    func stageName(_ state: DeliveryState) -> String {
        switch state {
        case .queued, .finished: "run"
        case .workflow: "ci"
        case .images: "images"
        case .environment(let name, _): name.value
        }
    }
}

extension DeliveryState {
    var isBuilding: Bool {
        switch self {
        case .workflow, .images: true
        default: false
        }
    }

    /// Whether a workflow looks at the environment.
    var isVerifying: Bool { if case .environment(_, .verifying) = self { true } else { false } }
}

extension DeliveryOutcome {
    /// Whether something went wrong, in distinction to being stopped or giving way.
    package var isFailure: Bool {
        switch self {
        case .failed, .cameBack, .interrupted: true
        case .succeeded, .aborted, .superseded: false
        }
    }
}

extension DeliveryEvent.Kind {
    package static let runAborted = Self(rawValue: "run.aborted")
    package static let runSuperseded = Self(rawValue: "run.superseded")
}
