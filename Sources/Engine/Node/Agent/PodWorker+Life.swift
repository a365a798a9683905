import FoundationEssentials
import Glibc
import Kube
import Linux
import Logging
import Problems

extension PodWorker {
    // MARK: What happened

    func containerStarted(
        _ name: String, _ attempt: Int, _ started: StartedContainer, _ tasks: inout DiscardingTaskGroup
    ) {
        handles[name] = started.handle
        update(name) { record in
            record.phase = .running(ContainerRun(id: started.handle.id, startedAt: started.startedAt))
            record.restarts = attempt
            record.image = started.image
            record.imageID = started.imageID
            record.stopSignal = started.stopSignal
            if attempt == 0 { record.backoff.reset() }
        }
        event("Created", "Created container \(name)", container: name)
        event("Started", "Started container \(name)", container: name)
        attend(name, started.handle, started.startedAt, &tasks)
        if let hook = container(name)?.lifecycle?.postStart {
            tasks.addTask { await self.afterStart(hook, name, started.handle) }
        }
    }

    func startFailed(_ name: String, _ attempt: Int, _ failure: StartFailure) {
        let now = context.now()
        guard let container = container(name) else { return }
        func show(_ reason: String, _ error: any Error) {
            update(name) { $0.phase = .waiting(reason: reason, message: brief(error)) }
            event("Failed", "Error: \(reason): \(brief(error))", container: name, isWarning: true)
        }
        switch failure {
        case .sandbox: update(name) { $0.phase = .waiting(reason: "ContainerCreating", message: nil) }
        case .image(let error):
            update(name) { $0.backoff.recordFailure(at: now) }
            let reference = container.image ?? ""
            if case .imageAbsent? = error as? NodeProblem {
                show("ErrImageNeverPull", error)
            } else {
                event(
                    "Failed", "Failed to pull image \"\(reference)\": \(brief(error))", container: name, isWarning: true
                )
                show((state.containers[name]?.backoff.failures ?? 0) > 1 ? "ImagePullBackOff" : "ErrImagePull", error)
            }
        case .configuration(let error):
            update(name) { $0.backoff.wait(until: now.addingTimeInterval(5)) }
            show("CreateContainerConfigError", error)
        case .runtime(let error):
            let end = ContainerEnd(
                id: "\(name)-\(attempt)-\(uid)", exitCode: 128, reason: "StartError", message: brief(error),
                startedAt: now, finishedAt: now)
            event("Failed", "Error: \(brief(error))", container: name, isWarning: true)
            update(name) { record in
                record.phase = .ended(end)
                record.restarts = attempt
                record.backoff.recordEnd(at: now, ran: 0)
            }
        }
    }

    func containerEnded(_ name: String, _ end: ContainerEnd, _ tasks: inout DiscardingTaskGroup) {
        guard state.containers[name]?.run?.id == end.id else { return }
        handles[name] = nil
        let attempt = state.containers[name]?.attempt ?? 0
        update(name) { record in
            record.phase = .ended(end)
            record.probedReady = nil
            record.isStarted = false
            record.backoff.recordEnd(at: context.now(), ran: end.finishedAt.timeIntervalSince(end.startedAt))
        }
        let folder = directory.container(name, attempt: attempt)
        cleanings += 1
        tasks.addTask {
            do {
                try await self.context.runner.discard(in: folder)
                try LogFiles(directory: self.directory.logs(name)).prune(keeping: 2)
            } catch {
                self.logger.warning("ended container not removed cleanly", metadata: ["error": "\(brief(error))"])
            }
            self.tell(.cleaned)
        }
    }

    // MARK: While it runs

    /// Waits for the end of a running container and probes it meanwhile.
    func attend(_ name: String, _ handle: RunningContainer, _ startedAt: Date, _ tasks: inout DiscardingTaskGroup) {
        let message = directory.terminationMessage(name, attempt: state.containers[name]?.attempt ?? 0)
        tasks.addTask {
            do {
                let exit = try await handle.ended()
                let words =
                    (try? FileSystem.read(message, limit: 4096)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                self.tell(
                    .ended(
                        container: name,
                        ContainerEnd(
                            id: handle.id, exitCode: exit.code, reason: exit.reason,
                            message: words.isEmpty ? nil : words,
                            startedAt: startedAt, finishedAt: exit.time ?? self.context.now())))
            } catch is CancellationError {} catch {
                self.logger.error("end of a container can't be waited for", metadata: ["error": "\(brief(error))"])
            }
        }
        guard !isInit(name), let container = container(name) else { return }
        tasks.addTask { await self.probe(container, handle, startedAt) }
    }

    /// Asks a container to end and sees to it that it does within its grace period, hook included.
    func stop(_ name: String, _ id: String, grace: Double, withHook: Bool) async {
        guard let handle = handles[name], handle.id == id else { return }
        let deadline = context.now().addingTimeInterval(grace)
        if withHook, grace > 0, let hook = container(name)?.lifecycle?.preStop {
            let outcome = await run(hook, in: name, handle, timeout: grace)
            if !outcome.isSuccess { event("FailedPreStopHook", outcome.message, container: name, isWarning: true) }
        }
        let rest = deadline.timeIntervalSince(context.now())
        if rest > 0 {
            handle.signal(SignalName.number(state.containers[name]?.stopSignal))
            try? await context.sleep(rest)
            if Task.isCancelled { return }
        }
        if isRunning(name, id) { handle.signal(SIGKILL) }
    }

    private func afterStart(_ hook: LifecycleHandler, _ name: String, _ handle: RunningContainer) async {
        let outcome = await run(hook, in: name, handle, timeout: 60)
        if outcome.isSuccess { return }
        event("FailedPostStartHook", outcome.message, container: name, isWarning: true)
        if isRunning(name, handle.id) { handle.signal(SIGKILL) }
    }

    private func run(_ hook: LifecycleHandler, in name: String, _ handle: RunningContainer, timeout: Double) async
        -> Prober.Outcome
    {
        if let command = hook.exec?.command { return await handle.exec(command, timeout: timeout) }
        guard let action = hook.httpGet, let container = container(name) else { return Prober.Outcome(isSuccess: true) }
        do {
            let target = try ProbeTarget.http(action, container: container, address: state.podAddress ?? "127.0.0.1")
            return await attempt(target, handle, timeout: timeout)
        } catch { return Prober.Outcome(isSuccess: false, message: brief(error)) }
    }

    /// Tries a probe or hook once.
    func attempt(_ target: ProbeTarget, _ handle: RunningContainer, timeout: Double) async -> Prober.Outcome {
        switch target {
        case .exec(let command): await handle.exec(command, timeout: timeout)
        case .tcp(let host, let port): await context.prober.connect(host: host, port: port, timeout: timeout)
        case .http(let host, let port, let path, let isTLS, let headers):
            await context.prober.get(
                host: host, port: port, path: path, isTLS: isTLS, headers: headers, timeout: timeout)
        }
    }
}
