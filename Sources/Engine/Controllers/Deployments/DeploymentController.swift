import Kube
import Problems

/// Brings each Deployment's ReplicaSets to the state that its spec asks for.
struct DeploymentController: Reconciler {
    static let name = "deployment-controller"
    let view: ClusterView
    let client: ClusterClient
    let events: EventRecorder
    let now: @Sendable () -> Moment

    func reconcile(_ key: ObjectKey) async throws -> Duration? {
        guard let deployment = view.deployments.get(key) else { return nil }
        let plan = DeploymentPlan.make(gather(deployment), now: now())
        for action in plan.actions { try await perform(action, for: deployment) }
        try await report(plan.status, for: deployment)
        return plan.lookAgain
    }

    private func gather(_ deployment: Deployment) -> DeploymentFacts {
        let replicaSets = view.replicaSets.all(in: deployment.namespace)
        let owned = replicaSets.filter { $0.metadata.controller?.uid == deployment.metadata.uid }
        let orphans = replicaSets.filter {
            $0.metadata.controller == nil && $0.metadata.deletionTimestamp == nil
                && deployment.spec.selector.matches($0.metadata.labels ?? [:])
        }
        var facts = DeploymentFacts(deployment: deployment, owned: owned, orphans: orphans)
        let old = Set(Rollout(facts).old.compactMap(\.metadata.uid))
        facts.hasOldPods = view.pods.all(in: deployment.namespace).contains { pod in
            !pod.isFinished && (pod.metadata.controller.map { old.contains($0.uid) } ?? false)
        }
        facts.collisions = collisions(of: deployment, among: replicaSets)
        return facts
    }

    /// Names that are taken by ReplicaSets which are not this Deployment's or are of another template.
    private func collisions(of deployment: Deployment, among replicaSets: [ReplicaSet]) -> Int {
        let taken = Dictionary(replicaSets.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var collisions = 0
        while collisions < 16 {
            let hash = Revisions.hash(deployment.spec.template, collisions: collisions)
            guard let other = taken["\(deployment.name)-\(hash)"] else { break }
            if other.metadata.controller?.uid == deployment.metadata.uid,
                Revisions.isSame(other.spec.template, deployment.spec.template), other.metadata.deletionTimestamp == nil
            {
                break
            }
            collisions += 1
        }
        return collisions
    }

    private func perform(_ action: DeploymentAction, for deployment: Deployment) async throws {
        let namespace = deployment.namespace
        switch action {
        case .create(let replicaSet):
            view.replicaSets.upsert(try await client.create(replicaSet))
            if replicaSet.wanted > 0 { noteScaling(of: replicaSet.name, from: 0, to: replicaSet.wanted, deployment) }
        case .scale(let replicaSet, let size, let annotations):
            let change: JSON = [
                "metadata": ["annotations": JSON(annotations)], "spec": ["replicas": .int(Int64(size))],
            ]
            view.replicaSets.upsert(try await client.patch(ReplicaSet.self, replicaSet.name, in: namespace, change))
            if size != replicaSet.wanted {
                noteScaling(of: replicaSet.name, from: replicaSet.wanted, to: size, deployment)
            }
        case .annotate(let replicaSet, let annotations):
            let change: JSON = [
                "metadata": ["annotations": JSON(annotations)],
                "spec": ["minReadySeconds": .int(Int64(deployment.spec.minReadySeconds ?? 0))],
            ]
            view.replicaSets.upsert(try await client.patch(ReplicaSet.self, replicaSet.name, in: namespace, change))
        case .adopt(let replicaSet):
            view.replicaSets.upsert(try await client.adopt(replicaSet, by: deployment.ownerReference))
        case .delete(let replicaSet):
            try await client.deleteIfPresent(ReplicaSet.self, replicaSet)
        case .setRevision(let revision):
            let change: JSON = ["metadata": ["annotations": [Revisions.revision: .string(revision)]]]
            view.deployments.upsert(try await client.patch(Deployment.self, deployment.name, in: namespace, change))
        }
    }

    private func noteScaling(of name: String, from old: Int, to new: Int, _ deployment: Deployment) {
        events.record(
            .normal, "ScalingReplicaSet",
            "Scaled \(new > old ? "up" : "down") replica set \(name) from \(old) to \(new)",
            about: deployment, component: Self.name)
    }

    private func report(_ status: DeploymentStatus, for deployment: Deployment) async throws {
        guard status != deployment.status?.withZeros else { return }
        view.deployments.upsert(try await client.patchStatus(of: deployment, try JSON(encoding: status)))
    }
}

extension DeploymentStatus {
    /// Counts that are absent are zero.
    fileprivate var withZeros: DeploymentStatus {
        var status = self
        status.replicas = replicas ?? 0
        status.updatedReplicas = updatedReplicas ?? 0
        status.readyReplicas = readyReplicas ?? 0
        status.availableReplicas = availableReplicas ?? 0
        status.unavailableReplicas = unavailableReplicas ?? 0
        return status
    }
}
