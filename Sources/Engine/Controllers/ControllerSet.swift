import Kube
import Logging

/// The controllers with their queues: which change concerns which of them.
struct ControllerSet: Sendable {
    private let deployments: DeploymentController
    private let replicaSets: ReplicaSetController
    private let endpointSlices: EndpointSliceController
    private let garbage: GarbageCollector
    private let namespaces: NamespaceController
    private let scheduler: Scheduler

    private let deploymentQueue = WorkQueue<ObjectKey>()
    private let replicaSetQueue = WorkQueue<ObjectKey>()
    private let serviceQueue = WorkQueue<ObjectKey>()
    private let garbageQueue = WorkQueue<ObjectIdentity>()
    private let namespaceQueue = WorkQueue<ObjectKey>()
    private let podQueue = WorkQueue<ObjectKey>()

    init(
        view: ClusterView, client: ClusterClient, events: EventRecorder, rootCertificate: String?,
        now: @escaping @Sendable () -> Moment
    ) {
        deployments = DeploymentController(view: view, client: client, events: events, now: now)
        replicaSets = ReplicaSetController(view: view, client: client, events: events, now: now)
        endpointSlices = EndpointSliceController(view: view, client: client)
        garbage = GarbageCollector(view: view, client: client)
        namespaces = NamespaceController(view: view, client: client, rootCertificate: rootCertificate)
        scheduler = Scheduler(view: view, client: client, events: events, now: now)
    }

    /// Works until the task is cancelled.
    func run(clock: any Clock<Duration>, logger: Logger) async {
        await withDiscardingTaskGroup { group in
            func work<Controller: Reconciler>(
                _ controller: Controller, _ queue: WorkQueue<Controller.Key>, workers: Int
            ) {
                var logger = logger
                logger[metadataKey: "controller.name"] = "\(Controller.name)"
                group.addTask { [logger] in
                    await queue.run(workers: workers, clock: clock, logger: logger) {
                        try await controller.reconcile($0)
                    }
                }
            }
            work(deployments, deploymentQueue, workers: 4)
            work(replicaSets, replicaSetQueue, workers: 4)
            work(endpointSlices, serviceQueue, workers: 4)
            work(garbage, garbageQueue, workers: 4)
            work(namespaces, namespaceQueue, workers: 1)
            // One at a time, so that no two pods are given the same room.
            work(scheduler, podQueue, workers: 1)
        }
    }

    // MARK: Changes

    func observe(_ view: ClusterView) {
        garbage.observe(into: garbageQueue)
        view.deployments.observe { old, new in
            if let object = new ?? old { deploymentQueue.add(object.objectKey) }
        }
        view.replicaSets.observe { old, new in
            guard let object = new ?? old else { return }
            replicaSetQueue.add(object.objectKey)
            addOwners(of: object, kind: Deployment.self, to: deploymentQueue) {
                view.deployments.all(in: object.namespace).filter {
                    $0.spec.selector.matches(object.metadata.labels ?? [:])
                }
            }
        }
        view.pods.observe { old, new in podChanged(old, new, view) }
        view.services.observe { old, new in
            if let object = new ?? old { serviceQueue.add(object.objectKey) }
        }
        view.endpointSlices.observe { old, new in
            guard let object = new ?? old, let service = object.metadata.labels?[EndpointSlice.serviceLabel] else {
                return
            }
            serviceQueue.add(ObjectKey(namespace: object.namespace, name: service))
        }
        view.namespaces.observe { _, new in
            if let new { namespaceQueue.add(new.objectKey) }
        }
        view.serviceAccounts.observe { old, new in
            if new == nil, let old { namespaceQueue.add(ObjectKey(namespace: "", name: old.namespace)) }
        }
        view.nodes.observe { old, new in
            if old?.spec != new?.spec || old?.status?.allocatable != new?.status?.allocatable
                || old?.isReady != new?.isReady || old?.metadata.labels != new?.metadata.labels
            {
                retryWaiting()
            }
        }
    }

    private func podChanged(_ old: Pod?, _ new: Pod?, _ view: ClusterView) {
        guard let pod = new ?? old else { return }
        for version in [old, new].compactMap({ $0 }) {
            addOwners(of: version, kind: ReplicaSet.self, to: replicaSetQueue) {
                view.replicaSets.all(in: version.namespace).filter {
                    $0.spec.selector.matches(version.metadata.labels ?? [:])
                }
            }
        }
        if new == nil || new?.isFinished == true {
            if let owner = pod.metadata.controller, owner.kind == ReplicaSet.resource.kind,
                let replicaSet = view.replicaSets.get(ObjectKey(namespace: pod.namespace, name: owner.name)),
                let deployment = replicaSet.metadata.controller
            {
                deploymentQueue.add(ObjectKey(namespace: pod.namespace, name: deployment.name))
            }
            retryWaiting()
        }
        if let new, new.isUnassigned { podQueue.add(new.objectKey) }
        for service in view.services.all(in: pod.namespace) {
            guard let selector = service.spec.selector, !selector.isEmpty else { continue }
            let matcher = LabelSelector(matchLabels: selector)
            if [old, new].contains(where: { $0.map { matcher.matches($0.metadata.labels ?? [:]) } ?? false }) {
                serviceQueue.add(service.objectKey)
            }
        }
    }

    /// The controlling owner of an object, or those that might want it where it has none.
    private func addOwners<Object: KubeKind, Owner: KubeKind>(
        of object: Object, kind: Owner.Type, to queue: WorkQueue<ObjectKey>, orElse candidates: () -> [Owner]
    ) {
        if let owner = object.metadata.controller {
            if owner.kind == Owner.resource.kind { queue.add(ObjectKey(namespace: object.namespace, name: owner.name)) }
        } else {
            for candidate in candidates() { queue.add(candidate.objectKey) }
        }
    }

    private func retryWaiting() {
        for key in scheduler.takeWaiting() { podQueue.add(key) }
    }
}

extension KubeKind {
    var objectKey: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}
