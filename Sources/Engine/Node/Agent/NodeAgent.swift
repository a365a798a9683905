package import Containers
package import FoundationEssentials
package import Kube
import Linux
package import Logging
import NIOPosix
package import PodNetwork
import Problems
import ServiceLifecycle

/// Runs the pods that are bound to this node: a kubelet. One worker looks after each pod.
///
/// Stopping leaves containers running; the next start finds them by their records and goes on.
package actor NodeAgent {
    package nonisolated let configuration: NodeConfiguration
    private let context: NodeContext
    private let logger: Logger
    private var workers: [String: PodWorker] = [:]
    private let (newWorkers, addWorker) = AsyncStream<PodWorker>.makeStream()
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - host: runs containers; its folder should be on the same file system as `configuration.directory`.
    ///   - now: the time of day.
    ///   - onReady: called once the node is registered and the pods of an earlier process are adopted.
    package init(
        configuration: NodeConfiguration, client: ClusterClient, network: PodNetwork, images: any ImageSource,
        host: ContainerHost,
        logger: Logger, now: @escaping @Sendable () -> Date = { Date() }, onReady: @escaping @Sendable () -> Void = {}
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        context = NodeContext(
            configuration: configuration, client: client, network: network, images: images,
            runner: ContainerRunner(host: host),
            events: EventRecorder(client: client, node: configuration.name, logger: logger),
            prober: Prober(group: MultiThreadedEventLoopGroup.singleton),
            machine: MachineCapacity.detect(directory: "/"), logger: logger, now: now,
            sleep: { try await Task.sleep(for: .seconds($0)) })
    }

    func worker(_ uid: String) -> PodWorker? { workers[uid] }
    var allWorkers: [PodWorker] { Array(workers.values) }
}

extension NodeAgent: ServiceLifecycle.Service {
    package func run() async throws {
        try FileSystem.makeDirectory(configuration.directory, mode: 0o711)
        try await context.network.start()
        await adoptPods()
        let registration = NodeRegistration(
            configuration: configuration, machine: context.machine, client: context.client, logger: logger)
        do {
            try await cancelWhenGracefulShutdown { [self] in
                try await withThrowingDiscardingTaskGroup { tasks in
                    tasks.addTask { await self.runWorkers() }
                    tasks.addTask { await self.context.events.run() }
                    tasks.addTask { await self.rotateLogs() }
                    tasks.addTask {
                        try await registration.run { self.onReady() }
                    }
                    tasks.addTask {
                        let own = "spec.nodeName=\(self.configuration.name)"
                        try await Reflector(Pod.self, client: self.context.client, fields: own, logger: self.logger).run
                        {
                            await self.apply($0)
                        }
                    }
                    tasks.addTask {
                        try await Reflector(ConfigMap.self, client: self.context.client, logger: self.logger).run {
                            change in
                            switch change {
                            case .replaced: await self.refreshAll()
                            case .upserted(let map):
                                await self.refresh(map.namespace) { $0.configMaps.contains(map.name) }
                            case .deleted: break
                            }
                        }
                    }
                    tasks.addTask {
                        try await Reflector(Secret.self, client: self.context.client, logger: self.logger).run {
                            change in
                            switch change {
                            case .replaced: await self.refreshAll()
                            case .upserted(let secret):
                                await self.refresh(secret.namespace) { $0.secrets.contains(secret.name) }
                            case .deleted: break
                            }
                        }
                    }
                }
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {}
    }

    private func runWorkers() async {
        await withDiscardingTaskGroup { tasks in
            for await worker in newWorkers {
                tasks.addTask {
                    await worker.run()
                    await self.finished(worker)
                }
            }
        }
    }

    private func finished(_ worker: PodWorker) { workers[worker.uid] = nil }

    /// Makes workers for the pods whose records are here, and ends sandboxes of pods without one.
    private func adoptPods() async {
        for uid in (try? FileSystem.list(configuration.directory)) ?? [] {
            let directory = PodDirectory(root: configuration.directory, uid: uid)
            guard let state = directory.load() else {
                logger.warning("pod directory without a record left alone", metadata: ["path": "\(directory.path)"])
                continue
            }
            add(state, directory)
        }
        await context.network.detachAll(except: Set(workers.keys))
    }

    private func add(_ state: PodState, _ directory: PodDirectory) {
        let worker = PodWorker(state: state, directory: directory, context: context)
        workers[worker.uid] = worker
        addWorker.yield(worker)
    }

    private func apply(_ change: Reflector<Pod>.Change) {
        switch change {
        case .replaced(let pods):
            let present = Set(pods.map { $0.metadata.uid ?? "" })
            for (uid, worker) in workers where !present.contains(uid) { worker.tell(.gone) }
            for pod in pods { take(pod) }
        case .upserted(let pod): take(pod)
        case .deleted(let pod):
            guard let worker = workers[pod.metadata.uid ?? ""] else { return }
            worker.tell(.changed(pod))
            worker.tell(.gone)
        }
    }

    private func take(_ pod: Pod) {
        guard let uid = pod.metadata.uid else { return }
        if let worker = workers[uid] {
            worker.tell(.changed(pod))
        } else if !pod.isFinished || pod.isTerminating {
            var state = PodState(pod: pod, startTime: context.now())
            if pod.isTerminating { state.endingSince = context.now() }
            add(state, PodDirectory(root: configuration.directory, uid: uid))
        }
    }

    /// Tells the pods of a namespace whose volumes refer to a changed object.
    private func refresh(_ namespace: String, _ uses: ((configMaps: Set<String>, secrets: Set<String>)) -> Bool) async {
        for worker in workers.values {
            let pod = await worker.pod
            if pod.namespace == namespace, uses(VolumeContent.references(of: pod.spec.volumes ?? [])) {
                worker.tell(.refresh)
            }
        }
    }

    /// After a gap in the watch any object may have changed.
    private func refreshAll() { for worker in workers.values { worker.tell(.refresh) } }

    private func rotateLogs() async {
        while !Task.isCancelled {
            try? await context.sleep(10)
            for worker in workers.values { await worker.rotateLogs() }
        }
    }
}
