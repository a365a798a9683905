import Kube

/// The status of a Deployment, from what its ReplicaSets report.
struct DeploymentReport: Sendable {
    let rollout: Rollout
    let now: Moment
    /// The ReplicaSet that is about to be created.
    let creates: String?

    private var deployment: Deployment { rollout.deployment }

    /// The status, and after which time the progress deadline is to be checked.
    func make() -> (status: DeploymentStatus, lookAgain: Duration?) {
        var status = DeploymentStatus()
        let all = rollout.all
        let available = all.reduce(0) { $0 + $1.available }
        status.observedGeneration = deployment.metadata.generation
        status.replicas = all.reduce(0) { $0 + ($1.status?.replicas ?? 0) }
        status.updatedReplicas = rollout.new?.status?.replicas ?? 0
        status.readyReplicas = all.reduce(0) { $0 + ($1.status?.readyReplicas ?? 0) }
        status.availableReplicas = available
        status.unavailableReplicas = max(0, all.reduce(0) { $0 + $1.wanted } - available)
        var conditions = Conditions(deployment.status?.conditions ?? [], now: now)
        if available >= rollout.wanted - rollout.maxUnavailable {
            conditions.set("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
        } else {
            conditions.set(
                "Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
        }
        if let failure = rollout.new?.status?.conditions?.first(where: { $0.type == "ReplicaFailure" }) {
            conditions.set("ReplicaFailure", failure.status, failure.reason ?? "", failure.message ?? "")
        } else {
            conditions.remove("ReplicaFailure")
        }
        let lookAgain = reportProgress(status, &conditions)
        status.conditions = conditions.list
        return (status, lookAgain)
    }

    private func reportProgress(_ status: DeploymentStatus, _ conditions: inout Conditions) -> Duration? {
        let current = conditions["Progressing"]
        if deployment.spec.paused == true {
            if current?.reason != "ProgressDeadlineExceeded" {
                conditions.set("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
            }
            return nil
        }
        if current?.reason == "DeploymentPaused" {
            conditions.set("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
        }
        if let creates {
            conditions.renew("Progressing", "True", "NewReplicaSetCreated", "Created new replica set \"\(creates)\"")
            return deadline.map { .seconds($0) }
        }
        let name = rollout.new?.name ?? deployment.name
        if status.isComplete(for: deployment) {
            conditions.set(
                "Progressing", "True", "NewReplicaSetAvailable", "ReplicaSet \"\(name)\" has successfully progressed.")
            return nil
        }
        if hasProgressed(to: status) {
            conditions.renew("Progressing", "True", "ReplicaSetUpdated", "ReplicaSet \"\(name)\" is progressing.")
            return deadline.map { .seconds($0) }
        }
        return checkDeadline(name, &conditions)
    }

    private func checkDeadline(_ name: String, _ conditions: inout Conditions) -> Duration? {
        guard let deadline, let current = conditions["Progressing"] else { return nil }
        // A rollout that was complete may lose pods later; that is a matter of availability, not of progress.
        if current.reason == "NewReplicaSetAvailable" || current.reason == "ProgressDeadlineExceeded" { return nil }
        let since = Moment(current.lastUpdateTime) ?? now
        let left = Duration.seconds(deadline) - (now - since)
        if left > .zero { return left + .seconds(1) }
        conditions.set(
            "Progressing", "False", "ProgressDeadlineExceeded", "ReplicaSet \"\(name)\" has timed out progressing.")
        return nil
    }

    private var deadline: Int? {
        guard let seconds = deployment.spec.progressDeadlineSeconds, seconds < Int(Int32.max) else { return nil }
        return seconds
    }

    private func hasProgressed(to status: DeploymentStatus) -> Bool {
        let before = deployment.status ?? DeploymentStatus()
        let oldBefore = (before.replicas ?? 0) - (before.updatedReplicas ?? 0)
        let oldNow = (status.replicas ?? 0) - (status.updatedReplicas ?? 0)
        return status.updatedReplicas ?? 0 > before.updatedReplicas ?? 0 || oldNow < oldBefore
            || status.readyReplicas ?? 0 > before.readyReplicas ?? 0
            || status.availableReplicas ?? 0 > before.availableReplicas ?? 0
    }
}
