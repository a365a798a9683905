import FoundationEssentials
import Kube
import Logging
import Problems

extension PodWorker {
    /// Runs a container's probes until it ends: the startup probe alone, then the others side by side.
    func probe(_ container: Container, _ handle: RunningContainer, _ startedAt: Date) async {
        if let startup = container.startupProbe, state.containers[container.name]?.isStarted != true {
            await repeatProbe(startup, .startup, container, handle)
            guard isRunning(container.name, handle.id), state.containers[container.name]?.isStarted == true else {
                return
            }
        }
        await withDiscardingTaskGroup { tasks in
            if let liveness = container.livenessProbe {
                tasks.addTask { await self.repeatProbe(liveness, .liveness, container, handle) }
            }
            if let readiness = container.readinessProbe {
                tasks.addTask { await self.repeatProbe(readiness, .readiness, container, handle) }
            }
        }
    }

    /// Probes again and again while the container runs. A startup probe ends with its first verdict.
    ///
    /// Until a container has answered well for the first time it is asked more often than its period says, and failures in its
    /// first period don't count: so it becomes ready when it is, not at the next full period.
    private func repeatProbe(_ probe: Probe, _ kind: ProbeKind, _ container: Container, _ handle: RunningContainer)
        async
    {
        let schedule = ProbeSchedule(probe)
        var counter = ProbeCounter(probe)
        var isEager = kind != .liveness
        do {
            if schedule.initialDelay > 0 { try await context.sleep(schedule.initialDelay) }
            let began = context.now()
            while isRunning(container.name, handle.id) {
                let outcome: Prober.Outcome
                do {
                    let target = try ProbeTarget(probe, container: container, address: state.podAddress ?? "127.0.0.1")
                    outcome = await attempt(target, handle, timeout: schedule.timeout)
                } catch { outcome = Prober.Outcome(isSuccess: false, message: brief(error)) }
                try Task.checkCancellation()
                guard isRunning(container.name, handle.id) else { return }
                if outcome.isSuccess { isEager = false }
                if isEager, let pause = schedule.eagerPause(after: context.now().timeIntervalSince(began)) {
                    try await context.sleep(pause)
                    continue
                }
                isEager = false
                if !outcome.isSuccess {
                    event(
                        "Unhealthy", "\(kind.rawValue) probe failed: \(outcome.message)", container: container.name,
                        isWarning: true)
                }
                if let verdict = counter.record(outcome.isSuccess) {
                    tell(.probed(container: container.name, id: handle.id, kind, verdict, message: outcome.message))
                    if kind == .startup {
                        // The verdict has to be in the record before the other probes look at it.
                        if verdict == .healthy { update(container.name) { $0.isStarted = true } }
                        return
                    }
                }
                try await context.sleep(schedule.period)
            }
        } catch {
            // Cancelled: the worker ends, the container runs on.
        }
    }

    func probed(
        _ name: String, _ id: String, _ kind: ProbeKind, _ verdict: ProbeCounter.Verdict, _ message: String,
        _ tasks: inout DiscardingTaskGroup
    ) {
        guard let run = state.containers[name]?.run, run.id == id else { return }
        switch (kind, verdict) {
        case (.readiness, _): update(name) { $0.probedReady = verdict == .healthy }
        case (.startup, .healthy): update(name) { $0.isStarted = true }
        case (.liveness, .healthy): break
        case (_, .unhealthy):
            guard run.stopping == nil else { return }
            let grace = Double(pod.spec.terminationGracePeriodSeconds ?? 30)
            let since = context.now()
            update(name) { record in
                var run = run
                run.stopping = ContainerRun.Stopping(since: since, deadline: since.addingTimeInterval(grace))
                record.phase = .running(run)
            }
            event(
                "Killing", "Container \(name) failed \(kind.rawValue.lowercased()) probe, will be restarted",
                container: name)
            tasks.addTask { await self.stop(name, id, grace: grace, withHook: true) }
        }
    }
}
