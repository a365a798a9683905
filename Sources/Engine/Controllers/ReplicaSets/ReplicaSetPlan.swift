import Kube

/// What a ReplicaSet's reconciler knows.
struct ReplicaSetFacts: Sendable {
    var replicaSet: ReplicaSet
    /// Pods that the ReplicaSet controls.
    var owned: [Pod]
    /// Pods that its selector matches and nobody controls.
    var orphans: [Pod] = []
    /// Why the last attempt to make a pod failed.
    var failure: String?
}

/// What to do about a ReplicaSet now.
struct ReplicaSetPlan: Sendable {
    var adopt: [Pod] = []
    /// Pods whose labels no longer match: they are let go.
    var release: [Pod] = []
    /// How many pods to make.
    var create = 0
    var delete: [Pod] = []
    var status: ReplicaSetStatus
    /// When the next pod becomes available by having been ready long enough.
    var lookAgain: Duration?

    /// More at once would starve the rest.
    private static let burst = 500

    /// https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
    static func make(_ facts: ReplicaSetFacts, now: Moment) -> ReplicaSetPlan {
        let replicaSet = facts.replicaSet
        let isDeleting = replicaSet.metadata.deletionTimestamp != nil
        let selector = replicaSet.spec.selector
        var plan = ReplicaSetPlan(status: ReplicaSetStatus())
        let active = facts.owned.filter { !$0.isFinished && !$0.isTerminating }
        plan.release = isDeleting ? [] : active.filter { !selector.matches($0.metadata.labels ?? [:]) }
        plan.adopt = isDeleting ? [] : facts.orphans.filter { !$0.isFinished && !$0.isTerminating }
        let released = Set(plan.release.map(\.key))
        let pods = active.filter { !released.contains($0.key) } + plan.adopt
        if !isDeleting {
            let missing = replicaSet.wanted - pods.count
            if missing > 0 { plan.create = min(missing, burst) }
            if missing < 0 { plan.delete = Array(PodRank.firstToGo(pods).prefix(min(-missing, burst))) }
        }
        (plan.status, plan.lookAgain) = report(facts, pods: pods, now: now)
        return plan
    }

    private static func report(_ facts: ReplicaSetFacts, pods: [Pod], now: Moment) -> (ReplicaSetStatus, Duration?) {
        let replicaSet = facts.replicaSet
        let template = LabelSelector(matchLabels: replicaSet.spec.template.metadata?.labels)
        let least = Duration.seconds(replicaSet.spec.minReadySeconds ?? 0)
        var status = ReplicaSetStatus()
        status.replicas = pods.count
        status.fullyLabeledReplicas = pods.count { template.matches($0.metadata.labels ?? [:]) }
        status.observedGeneration = replicaSet.metadata.generation
        var (ready, available) = (0, 0)
        var lookAgain: Duration?
        for pod in pods where pod.isReady {
            ready += 1
            let left = least - (now - (pod.readySince ?? now))
            if least == .zero || left <= .zero {
                available += 1
            } else {
                lookAgain = min(lookAgain ?? left, left)
            }
        }
        status.readyReplicas = ready
        status.availableReplicas = available
        var conditions = Conditions(replicaSet.status?.conditions ?? [], now: now)
        if let failure = facts.failure {
            conditions.set("ReplicaFailure", "True", "FailedCreate", failure)
        } else {
            conditions.remove("ReplicaFailure")
        }
        status.conditions = conditions.list.isEmpty ? nil : conditions.list
        return (status, lookAgain)
    }
}

extension Pod {
    /// Since when the pod is ready; nil while it isn't.
    var readySince: Moment? {
        status?.conditions?.first { $0.type == "Ready" && $0.status == "True" }.flatMap {
            Moment($0.lastTransitionTime)
        }
    }
}
