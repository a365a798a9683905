import Kube

/// What a Deployment's reconciler knows.
struct DeploymentFacts: Sendable {
    var deployment: Deployment
    /// The ReplicaSets that the Deployment controls.
    var owned: [ReplicaSet]
    /// ReplicaSets that its selector matches and nobody controls.
    var orphans: [ReplicaSet] = []
    /// Whether a pod of an older ReplicaSet still exists.
    var hasOldPods = false
    /// How often a name for the present template was taken.
    var collisions = 0
}

/// One write that brings a Deployment nearer to its spec.
enum DeploymentAction: Sendable {
    case create(ReplicaSet)
    case scale(ReplicaSet, to: Int, annotations: [String: String])
    case annotate(ReplicaSet, annotations: [String: String])
    case adopt(ReplicaSet)
    case delete(ReplicaSet)
    /// Writes the revision onto the Deployment itself.
    case setRevision(String)
}

/// What to do about a Deployment now, what to report, and when to look again though nothing changes.
struct DeploymentPlan: Sendable {
    var actions: [DeploymentAction] = []
    var status: DeploymentStatus
    var lookAgain: Duration?

    /// https://kubernetes.io/docs/concepts/workloads/controllers/deployment/
    static func make(_ facts: DeploymentFacts, now: Moment) -> DeploymentPlan {
        let deployment = facts.deployment
        let rollout = Rollout(facts)
        var actions: [DeploymentAction] = []
        if deployment.metadata.deletionTimestamp == nil {
            actions += facts.orphans.map { .adopt($0) }
            if deployment.spec.paused == true || rollout.isBeingScaled {
                actions += rollout.scaleInProportion()
            } else if deployment.spec.strategy?.type == "Recreate" {
                actions += rollout.recreate()
            } else {
                actions += rollout.roll()
            }
            actions += rollout.syncAnnotations(besides: actions)
        }
        let (status, lookAgain) = DeploymentReport(rollout: rollout, now: now, creates: actions.created?.name).make()
        if status.isComplete(for: deployment), deployment.metadata.deletionTimestamp == nil {
            actions += rollout.forget()
        }
        return DeploymentPlan(actions: actions, status: status, lookAgain: lookAgain)
    }
}

extension [DeploymentAction] {
    var created: ReplicaSet? {
        for case .create(let replicaSet) in self { return replicaSet }
        return nil
    }
}

extension DeploymentStatus {
    /// Every pod is of the present template and available, and no other is left.
    func isComplete(for deployment: Deployment) -> Bool {
        let wanted = deployment.spec.replicas ?? 1
        return updatedReplicas ?? 0 == wanted && replicas ?? 0 == wanted && availableReplicas ?? 0 == wanted
    }
}
