import Kube
import Problems
import Synchronization

/// Assigns each new pod to a node.
final class Scheduler: Reconciler {
    static let name = "default-scheduler"
    private let view: ClusterView
    private let client: ClusterClient
    private let events: EventRecorder
    private let now: @Sendable () -> Moment
    /// Pods for which no node had room.
    private let waiting = Mutex<Set<ObjectKey>>([])

    init(view: ClusterView, client: ClusterClient, events: EventRecorder, now: @escaping @Sendable () -> Moment) {
        self.view = view
        self.client = client
        self.events = events
        self.now = now
    }

    func reconcile(_ key: ObjectKey) async throws -> Duration? {
        _ = waiting.withLock { $0.remove(key) }
        guard let pod = view.pods.get(key), pod.isUnassigned else { return nil }
        let assigned = view.pods.all().filter { !($0.spec.nodeName ?? "").isEmpty && !$0.isFinished }
        switch SchedulingPlan.make(SchedulingFacts(pod: pod, nodes: view.nodes.all(), assigned: assigned)) {
        case .bind(let node): try await bind(pod, key, to: node)
        case .unschedulable(let message):
            _ = waiting.withLock { $0.insert(key) }
            try await report(message, for: pod)
        }
        return nil
    }

    /// The pods that may fit now that something has been freed.
    func takeWaiting() -> Set<ObjectKey> {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    private func bind(_ pod: Pod, _ key: ObjectKey, to node: String) async throws {
        let body: JSON = [
            "apiVersion": "v1", "kind": "Binding",
            "metadata": [
                "name": .string(pod.name), "namespace": .string(pod.namespace), "uid": .string(pod.metadata.uid ?? ""),
            ],
            "target": ["apiVersion": "v1", "kind": "Node", "name": .string(node)],
        ]
        do {
            try await client.json(
                "POST", Pod.resource.path(namespace: pod.namespace, name: pod.name, subresource: "binding"), body: body)
        } catch let problem as ClusterProblem where problem.isNotFound { return }
        view.pods.assume(key) { known in
            if known.metadata.uid == pod.metadata.uid { known.spec.nodeName = node }
        }
        events.record(
            .normal, "Scheduled", "Successfully assigned \(pod.namespace)/\(pod.name) to \(node)", about: pod,
            component: Self.name)
    }

    private func report(_ message: String, for pod: Pod) async throws {
        events.record(.warning, "FailedScheduling", message, about: pod, component: Self.name)
        var conditions = Conditions(pod.status?.conditions ?? [], now: now())
        conditions.set("PodScheduled", "False", "Unschedulable", message)
        guard conditions.list != pod.status?.conditions ?? [] else { return }
        do {
            view.pods.upsert(try await client.patchStatus(of: pod, ["conditions": try JSON(encoding: conditions.list)]))
        } catch let problem as ClusterProblem where problem.isNotFound {}
    }
}

extension Pod {
    /// Waits for a node.
    var isUnassigned: Bool { (spec.nodeName ?? "").isEmpty && !isTerminating && !isFinished }
}
