import Kube
import Problems
import Synchronization

/// Keeps as many pods of each ReplicaSet as it asks for.
struct ReplicaSetController: Reconciler {
    static let name = "replicaset-controller"
    let view: ClusterView
    let client: ClusterClient
    let events: EventRecorder
    let now: @Sendable () -> Moment

    func reconcile(_ key: ObjectKey) async throws -> Duration? {
        guard let replicaSet = view.replicaSets.get(key) else { return nil }
        let plan = ReplicaSetPlan.make(gather(replicaSet), now: now())
        var failure: (any Error)?
        do { try await perform(plan, for: replicaSet) } catch { failure = error }
        if failure is CancellationError { throw CancellationError() }
        // What was written is in the view already: the status is that of after.
        guard let after = view.replicaSets.get(key), after.metadata.uid == replicaSet.metadata.uid else { return nil }
        var facts = gather(after)
        facts.failure = failure.map(brief)
        let report = ReplicaSetPlan.make(facts, now: now())
        try await self.report(report.status, for: after)
        if let failure { throw failure }
        return report.lookAgain
    }

    private func gather(_ replicaSet: ReplicaSet) -> ReplicaSetFacts {
        let pods = view.pods.all(in: replicaSet.namespace)
        return ReplicaSetFacts(
            replicaSet: replicaSet,
            owned: pods.filter { $0.metadata.controller?.uid == replicaSet.metadata.uid },
            orphans: pods.filter {
                $0.metadata.controller == nil && replicaSet.spec.selector.matches($0.metadata.labels ?? [:])
            })
    }

    private func perform(_ plan: ReplicaSetPlan, for replicaSet: ReplicaSet) async throws {
        for pod in plan.adopt { view.pods.upsert(try await client.adopt(pod, by: replicaSet.ownerReference)) }
        for pod in plan.release {
            let others = (pod.metadata.ownerReferences ?? []).filter { $0.uid != replicaSet.metadata.uid }
            view.pods.upsert(try await client.setOwners(of: pod, others))
        }
        if plan.create > 0 { try await create(plan.create, for: replicaSet) }
        try await withThrowingDiscardingTaskGroup { group in
            for pod in plan.delete { group.addTask { try await delete(pod, of: replicaSet) } }
        }
    }

    /// In batches of 1, 2, 4, …: when one pod is refused, a thousand aren't tried.
    private func create(_ count: Int, for replicaSet: ReplicaSet) async throws {
        var left = count
        var batch = 1
        while left > 0 {
            let size = min(batch, left)
            try await withThrowingDiscardingTaskGroup { group in
                for _ in 0..<size { group.addTask { try await createPod(of: replicaSet) } }
            }
            left -= size
            batch *= 2
        }
    }

    private func createPod(of replicaSet: ReplicaSet) async throws {
        let template = replicaSet.spec.template
        var metadata: JSON = [
            "generateName": .string("\(replicaSet.name)-"), "namespace": .string(replicaSet.namespace),
            "ownerReferences": [try JSON(encoding: replicaSet.ownerReference)],
        ]
        if let labels = template.metadata?.labels { metadata["labels"] = JSON(labels) }
        if let annotations = template.metadata?.annotations { metadata["annotations"] = JSON(annotations) }
        if let finalizers = template.metadata?.finalizers {
            metadata["finalizers"] = .array(finalizers.map { .string($0) })
        }
        let body: JSON = ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template.spec]
        do {
            let path = Pod.resource.path(namespace: replicaSet.namespace)
            let answer = try await client.json("POST", path, query: [("fieldManager", client.manager)], body: body)
            let pod = try answer.decode(Pod.self)
            view.pods.upsert(pod)
            note(.normal, "SuccessfulCreate", "Created pod: \(pod.name)", replicaSet)
        } catch let problem as ClusterProblem {
            note(.warning, "FailedCreate", "Error creating: \(problem.summary)", replicaSet)
            throw problem
        }
    }

    private func delete(_ pod: Pod, of replicaSet: ReplicaSet) async throws {
        do {
            try await client.deleteIfPresent(Pod.self, pod)
        } catch let problem as ClusterProblem {
            note(.warning, "FailedDelete", "Error deleting: \(problem.summary)", replicaSet)
            throw problem
        }
        let time = now().text
        view.pods.assume(ObjectKey(namespace: pod.namespace, name: pod.name)) { known in
            if known.metadata.uid == pod.metadata.uid, known.metadata.deletionTimestamp == nil {
                known.metadata.deletionTimestamp = time
            }
        }
        note(.normal, "SuccessfulDelete", "Deleted pod: \(pod.name)", replicaSet)
    }

    private func note(_ severity: EventRecorder.Severity, _ reason: String, _ message: String, _ replicaSet: ReplicaSet)
    {
        events.record(severity, reason, message, about: replicaSet, component: Self.name)
    }

    private func report(_ status: ReplicaSetStatus, for replicaSet: ReplicaSet) async throws {
        var known = replicaSet.status ?? ReplicaSetStatus()
        known.replicas = known.replicas ?? 0
        known.fullyLabeledReplicas = known.fullyLabeledReplicas ?? 0
        known.readyReplicas = known.readyReplicas ?? 0
        known.availableReplicas = known.availableReplicas ?? 0
        guard status != known else { return }
        var tree = try JSON(encoding: status)
        if status.conditions == nil { tree["conditions"] = .null }
        do {
            view.replicaSets.upsert(try await client.patchStatus(of: replicaSet, tree, keeping: ["replicas"]))
        } catch let problem as ClusterProblem where problem.isNotFound {}
    }
}
