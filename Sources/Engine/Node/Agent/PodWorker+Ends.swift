import FoundationEssentials
import Glibc
import Kube
import Linux
import Logging
import PodNetwork
import Problems

extension PodWorker {
    /// Goes on from what an earlier process left: what runs is attended again, what ended meanwhile is heard of, and nothing is
    /// started twice.
    func adopt(_ tasks: inout DiscardingTaskGroup) async {
        guard !state.containers.isEmpty || state.podAddress != nil else { return }
        if let made = await survivingSandbox() {
            sandbox = .ready
            gate.open(.success(made))
        }
        for (name, record) in state.containers {
            let folder = directory.container(name, attempt: record.attempt)
            switch record.phase {
            case .waiting, .ended: continue
            case .starting:
                guard let handle = await context.runner.adopt(in: folder) else {
                    update(name) { $0.phase = .waiting(reason: "ContainerCreating", message: nil) }
                    try? await context.runner.discard(in: folder)
                    continue
                }
                update(name) { record in
                    record.phase = .running(ContainerRun(id: handle.id, startedAt: context.now()))
                    record.restarts = record.attempt
                }
                handles[name] = handle
                attend(name, handle, context.now(), &tasks)
            case .running(let run):
                guard let handle = await context.runner.adopt(in: folder) else {
                    let end = ContainerEnd(
                        id: run.id, exitCode: 137, reason: "ContainerStatusUnknown", startedAt: run.startedAt,
                        finishedAt: context.now())
                    containerEnded(name, end, &tasks)
                    continue
                }
                handles[name] = handle
                attend(name, handle, run.startedAt, &tasks)
                if let stopping = run.stopping {
                    let rest = max(0, stopping.deadline.timeIntervalSince(context.now()))
                    tasks.addTask { await self.stop(name, run.id, grace: rest, withHook: false) }
                }
            }
        }
    }

    private func survivingSandbox() async -> PodSandbox? {
        if pod.spec.hostNetwork == true { return PodSandbox(namespaces: nil, address: context.configuration.address) }
        guard let attachment = await context.network.attachment(of: uid), attachment.namespaces.isAlive else {
            return nil
        }
        return PodSandbox(namespaces: attachment.namespaces, address: "\(attachment.address)")
    }

    /// Brings files from ConfigMaps, Secrets and the pod's own fields up to date. Containers see the new ones at once.
    func refreshVolumes() async {
        guard sandbox == .ready, let volumes = pod.spec.volumes,
            volumes.contains(where: {
                $0.configMap != nil || $0.secret != nil || $0.projected != nil || $0.downwardAPI != nil
            })
        else { return }
        do {
            let sources = try await PodSandbox.volumeSources(pod, context)
            let tokens = try await PodSandbox.tokens(pod, context)
            try PodVolumes(directory: directory.volumes).refresh(
                pod, sources: sources, values: context.downward(pod, address: state.podAddress), tokens: tokens)
        } catch {
            event("FailedMount", brief(error), isWarning: true)
        }
    }

    /// Gives back address, namespaces and mounts. Logs and the record stay until the pod is deleted.
    func releaseSandbox() async {
        await discardContainers()
        do { try removeMounts() } catch {
            logger.warning("volumes not removed cleanly", metadata: ["error": "\(brief(error))"])
        }
        await context.network.detach(uid)
    }

    /// Removes everything of the pod here, then the object itself.
    func remove() async {
        await releaseSandbox()
        var pause = 0.1
        while !Task.isCancelled {
            do {
                try await context.client.delete(Pod.self, pod.name, in: pod.namespace, gracePeriodSeconds: 0, uid: uid)
                break
            } catch let problem as ClusterProblem where problem.isNotFound || problem.isConflict {
                break
            } catch {
                logger.warning("pod not deleted from the API, trying again", metadata: ["error": "\(brief(error))"])
                try? await context.sleep(pause)
                pause = min(10, pause * 2)
            }
        }
        if Task.isCancelled { return }
        do { try await Cgroups.detect().group(at: "\(context.configuration.cgroup)/pods/\(uid)").remove() } catch {
            logger.warning("control group of the pod not removed", metadata: ["error": "\(brief(error))"])
        }
        do { try FileSystem.removeTree(directory.path) } catch {
            logger.warning("pod directory not removed", metadata: ["error": "\(brief(error))"])
        }
        tell(.removed)
    }

    private func discardContainers() async {
        for name in (try? FileSystem.list(directory.containers)) ?? [] {
            for attempt in (try? FileSystem.list(directory.containers + "/" + name)) ?? [] {
                do { try await context.runner.discard(in: "\(directory.containers)/\(name)/\(attempt)") } catch {
                    logger.warning("container not removed cleanly", metadata: ["error": "\(brief(error))"])
                }
            }
        }
    }

    private func removeMounts() throws {
        try PodVolumes(directory: directory.volumes).remove()
        try Mounts.unmount(directory.sharedMemory)
    }
}
