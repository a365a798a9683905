import FoundationEssentials
import Kube
import Linux
import Logging
import Problems

/// Looks after one pod from the moment it is given to this node until nothing of it is left. What to do is decided by
/// `PodMachine`; this actor gathers the facts, performs the actions and keeps the record.
actor PodWorker {
    nonisolated let uid: String
    nonisolated let directory: PodDirectory
    let context: NodeContext
    let logger: Logger
    var state: PodState
    var sandbox = SandboxPhase.absent
    var gate = SandboxGate()
    /// The containers of the present tries, by name.
    var handles: [String: RunningContainer] = [:]
    private var isGone = false
    private var isRemoving = false
    /// How many ended containers are being removed.
    var cleanings = 0
    private var isRemoved = false
    private var wakeAt: Date?
    private var saved: PodState?
    private let inbox: AsyncStream<PodEvent>
    private nonisolated let post: AsyncStream<PodEvent>.Continuation
    let (statusChanges, statusChanged) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    var reported: PodStatus?

    /// For a pod that is new to this node, or one whose record an earlier process left.
    init(state: PodState, directory: PodDirectory, context: NodeContext) {
        uid = state.pod.metadata.uid ?? ""
        self.directory = directory
        self.context = context
        self.state = state
        var logger = context.logger
        logger[metadataKey: "pod"] = "\(state.pod.key)"
        self.logger = logger
        (inbox, post) = AsyncStream.makeStream()
    }

    /// Tells the worker what happened. Never waits.
    nonisolated func tell(_ event: PodEvent) { post.yield(event) }

    /// Works until the pod is gone or the task is cancelled. After a cancellation its containers run on.
    func run() async {
        await withDiscardingTaskGroup { tasks in
            tasks.addTask { await self.reportStatus() }
            await adopt(&tasks)
            decide(&tasks)
            for await event in inbox {
                apply(event, &tasks)
                if isRemoved { break }
                decide(&tasks)
            }
            tasks.cancelAll()
        }
    }

    // MARK: Facts

    var facts: PodFacts {
        var facts = PodFacts(
            pod: state.pod, containers: state.containers, sandbox: sandbox, isGone: isGone,
            endingSince: state.endingSince,
            now: context.now())
        facts.isCleaning = cleanings > 0
        return facts
    }

    var pod: Pod { state.pod }

    func container(_ name: String) -> Container? {
        (pod.spec.initContainers ?? []).first { $0.name == name } ?? pod.spec.containers.first { $0.name == name }
    }

    func isInit(_ name: String) -> Bool { (pod.spec.initContainers ?? []).contains { $0.name == name } }

    func update(_ name: String, _ change: (inout ContainerRecord) -> Void) {
        change(&state.containers[name, default: ContainerRecord()])
    }

    func isRunning(_ name: String, _ id: String) -> Bool { state.containers[name]?.run?.id == id }

    func event(_ reason: String, _ message: String, container: String? = nil, isWarning: Bool = false) {
        context.events.record(
            reason, message, about: pod, container: container.map { ($0, isInit($0)) }, isWarning: isWarning,
            now: context.now())
    }

    // MARK: Events

    private func apply(_ event: PodEvent, _ tasks: inout DiscardingTaskGroup) {
        switch event {
        case .changed(let new): follow(new, &tasks)
        case .gone:
            isGone = true
            if state.endingSince == nil { state.endingSince = context.now() }
        case .refresh: tasks.addTask { await self.refreshVolumes() }
        case .wake: wakeAt = nil
        case .sandbox(let result): sandboxPrepared(result)
        case .started(let name, let attempt, let started): containerStarted(name, attempt, started, &tasks)
        case .startFailed(let name, let attempt, let failure): startFailed(name, attempt, failure)
        case .ended(let name, let end): containerEnded(name, end, &tasks)
        case .probed(let name, let id, let kind, let verdict, let message):
            probed(name, id, kind, verdict, message, &tasks)
        case .cleaned: cleanings -= 1
        case .removed: isRemoved = true
        }
    }

    private func follow(_ new: Pod, _ tasks: inout DiscardingTaskGroup) {
        let hasNewLabels =
            new.metadata.labels != pod.metadata.labels || new.metadata.annotations != pod.metadata.annotations
        state.pod = new
        if new.isTerminating, state.endingSince == nil { state.endingSince = context.now() }
        if hasNewLabels { tasks.addTask { await self.refreshVolumes() } }
    }

    private func sandboxPrepared(_ result: Result<PodSandbox, any Error>) {
        switch result {
        case .success(let made):
            sandbox = .ready
            state.podAddress = made.address
        case .failure(let error):
            sandbox = .failed(retryAt: context.now().addingTimeInterval(2))
            let isVolume = (error as? NodeProblem).map { $0.code.hasPrefix("node.volume") } ?? false
            event(isVolume ? "FailedMount" : "FailedCreatePodSandBox", brief(error), isWarning: true)
            logger.warning("sandbox can't be made, trying again", metadata: ["error": "\(brief(error))"])
        }
    }

    // MARK: Decisions

    private func decide(_ tasks: inout DiscardingTaskGroup) {
        if isRemoving { return }
        var plan = PodMachine.plan(facts)
        // An action may make another one due at once (a held container, an ended sandbox): decide until nothing changes.
        for _ in 0..<4 {
            for action in plan.actions { perform(action, &tasks) }
            if plan.actions.isEmpty || isRemoving { break }
            plan = PodMachine.plan(facts)
        }
        save()
        statusChanged.yield()
        if let date = plan.wakeAt, wakeAt.map({ date < $0 }) ?? true {
            wakeAt = date
            let pause = max(0, date.timeIntervalSince(context.now()))
            tasks.addTask {
                try? await self.context.sleep(pause)
                self.tell(.wake)
            }
        }
    }

    private func perform(_ action: PodAction, _ tasks: inout DiscardingTaskGroup) {
        switch action {
        case .prepareSandbox:
            sandbox = .preparing
            gate = SandboxGate()
            let (pod, gate, directory, context) = (pod, gate, directory, context)
            tasks.addTask {
                let result: Result<PodSandbox, any Error>
                do { result = .success(try await PodSandbox.prepare(pod, in: directory, context)) } catch {
                    result = .failure(error)
                }
                gate.open(result)
                self.tell(.sandbox(result))
            }
        case .start(let name, let attempt):
            let id = "\(name)-\(attempt)-\(uid)"
            update(name) { record in
                if let end = record.end { record.previous = end }
                record.phase = .starting(id: id)
                record.attempt = attempt
                record.probedReady = nil
                record.isStarted = false
            }
            let gate = gate
            tasks.addTask { await self.start(name, attempt, id, gate) }
        case .stop(let name, let grace, let message):
            guard let run = state.containers[name]?.run else { return }
            let now = context.now()
            let isFirst = run.stopping == nil
            update(name) { record in
                var run = run
                run.stopping = ContainerRun.Stopping(since: now, deadline: now.addingTimeInterval(grace))
                record.phase = .running(run)
            }
            if isFirst { event("Killing", message, container: name) }
            tasks.addTask { await self.stop(name, run.id, grace: grace, withHook: isFirst) }
        case .hold(let name, let reason, let message):
            update(name) { record in
                if let end = record.end { record.previous = end }
                record.phase = .waiting(reason: reason, message: message)
            }
            event(
                "BackOff", "Back-off restarting failed container \(name) in pod \(pod.name)_\(pod.namespace)(\(uid))",
                container: name, isWarning: true)
        case .releaseSandbox:
            sandbox = .absent
            tasks.addTask { await self.releaseSandbox() }
        case .remove:
            isRemoving = true
            tasks.addTask { await self.remove() }
        }
    }

    // MARK: The record

    /// Keeps the record in step with the state. What only the API knows (status, version) doesn't matter here.
    func save() {
        var compared = state
        compared.pod.metadata.resourceVersion = nil
        compared.pod.status = nil
        guard compared != saved else { return }
        do {
            try FileSystem.makeDirectory(directory.path, mode: 0o700)
            try directory.save(state)
            saved = compared
        } catch { logger.error("pod record not written", metadata: ["error": "\(brief(error))"]) }
    }
}
