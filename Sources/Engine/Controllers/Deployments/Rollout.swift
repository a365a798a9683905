import Kube

/// A Deployment with its ReplicaSets told apart: the one of the present template, and the older ones.
struct Rollout: Sendable {
    let deployment: Deployment
    let new: ReplicaSet?
    /// From the oldest to the youngest.
    let old: [ReplicaSet]
    let hasOldPods: Bool
    let collisions: Int

    init(_ facts: DeploymentFacts) {
        deployment = facts.deployment
        let sorted = facts.owned.sorted {
            ($0.metadata.creationTimestamp ?? "", $0.name) < ($1.metadata.creationTimestamp ?? "", $1.name)
        }
        let template = facts.deployment.spec.template
        let new = sorted.first { $0.metadata.deletionTimestamp == nil && Revisions.isSame($0.spec.template, template) }
        self.new = new
        old = sorted.filter { $0.metadata.uid != new?.metadata.uid }
        hasOldPods = facts.hasOldPods
        collisions = facts.collisions
    }

    var all: [ReplicaSet] { old + (new.map { [$0] } ?? []) }
    var wanted: Int { deployment.spec.replicas ?? 1 }
    var isRolling: Bool { deployment.spec.strategy?.type != "Recreate" }

    /// How many pods above the wanted number may exist: 25 % rounded up unless given.
    var maxSurge: Int {
        guard isRolling else { return 0 }
        return (deployment.spec.strategy?.rollingUpdate?.maxSurge ?? "25%").resolve(of: wanted, roundUp: true) ?? 0
    }

    /// How many of the wanted pods may be missing: 25 % rounded down unless given, and 1 where no surge is allowed either.
    var maxUnavailable: Int {
        guard isRolling else { return 0 }
        let allowed =
            (deployment.spec.strategy?.rollingUpdate?.maxUnavailable ?? "25%").resolve(of: wanted, roundUp: false) ?? 0
        return min(allowed == 0 && maxSurge == 0 ? 1 : allowed, wanted)
    }

    // MARK: Strategies

    /// All old pods go before the first new one comes.
    func recreate() -> [DeploymentAction] {
        let active = old.filter { $0.wanted > 0 }
        if !active.isEmpty { return active.map { scale($0, to: 0) } }
        if hasOldPods { return [] }
        guard let new else { return [.create(make(replicas: wanted))] }
        return new.wanted == wanted ? [] : [scale(new, to: wanted)]
    }

    /// One step of a rolling update: first the new ReplicaSet grows as far as the surge allows, then the old ones shrink as
    /// far as availability allows.
    func roll() -> [DeploymentAction] {
        guard let new else { return [.create(make(replicas: newSize(from: 0)))] }
        let size = newSize(from: new.wanted)
        return size == new.wanted ? shrinkOld() : [scale(new, to: size)]
    }

    private func newSize(from present: Int) -> Int {
        if present >= wanted { return wanted }
        let room = wanted + maxSurge - all.reduce(0) { $0 + $1.wanted }
        return present + max(0, min(room, wanted - present))
    }

    private func shrinkOld() -> [DeploymentAction] {
        var sizes = old.map(\.wanted)
        let total = sizes.reduce(0, +) + (new?.wanted ?? 0)
        guard sizes.contains(where: { $0 > 0 }) else { return [] }
        let least = wanted - maxUnavailable
        let newUnavailable = max(0, (new?.wanted ?? 0) - (new?.available ?? 0))
        var surplus = total - least - newUnavailable
        if surplus <= 0 { return [] }
        // Pods that are not available anyway go first.
        for (index, replicaSet) in old.enumerated() {
            let unhealthy = min(max(0, sizes[index] - replicaSet.available), surplus)
            sizes[index] -= unhealthy
            surplus -= unhealthy
        }
        var spare = all.reduce(0) { $0 + $1.available } - least
        for (index, replicaSet) in old.enumerated() where spare > 0 {
            let healthy = min(sizes[index], replicaSet.available, spare)
            sizes[index] -= healthy
            spare -= healthy
        }
        return zip(old, sizes).filter { $0.wanted != $1 }.map { scale($0, to: $1) }
    }

    // MARK: Scaling

    /// Whether the wanted number has changed since the ReplicaSets were last sized.
    var isBeingScaled: Bool {
        all.contains { replicaSet in
            guard replicaSet.wanted > 0, let text = replicaSet.metadata.annotations?[Revisions.desired] else {
                return false
            }
            return Int(text) != wanted
        }
    }

    /// Spreads a new wanted number over the ReplicaSets, each in proportion to its share, without rolling any further.
    func scaleInProportion() -> [DeploymentAction] {
        let active = all.filter { $0.wanted > 0 }
        if active.count <= 1, let only = active.first ?? new ?? old.last {
            return only.wanted == wanted && hasSizes(only) ? [] : [scale(only, to: wanted)]
        }
        if let new, new.wanted == wanted, new.available >= wanted {
            return old.filter { $0.wanted > 0 }.map { scale($0, to: 0) }
        }
        guard isRolling else { return [] }
        let allowed = wanted > 0 ? wanted + maxSurge : 0
        let toAdd = allowed - active.reduce(0) { $0 + $1.wanted }
        let bySize = active.sorted { $0.wanted > $1.wanted }
        var sizes = bySize.map(\.wanted)
        var added = 0
        for (index, replicaSet) in bySize.enumerated() where toAdd != 0 {
            let share = share(of: replicaSet)
            let change = toAdd > 0 ? min(max(share, 0), toAdd - added) : max(min(share, 0), toAdd - added)
            sizes[index] += change
            added += change
        }
        if let first = sizes.first { sizes[0] = max(0, first + toAdd - added) }
        return zip(bySize, sizes).filter { $0.wanted != $1 || !hasSizes($0) }.map { scale($0, to: $1) }
    }

    private func share(of replicaSet: ReplicaSet) -> Int {
        if wanted == 0 { return -replicaSet.wanted }
        let before =
            replicaSet.metadata.annotations?[Revisions.maximum].flatMap(Int.init) ?? deployment.status?.replicas
            ?? wanted
        guard before > 0 else { return 0 }
        let size = (Double(replicaSet.wanted) * Double(wanted + maxSurge) / Double(before)).rounded()
        return Int(size) - replicaSet.wanted
    }

    // MARK: ReplicaSets

    private var sizes: [String: String] {
        [Revisions.desired: String(wanted), Revisions.maximum: String(wanted + maxSurge)]
    }

    private func hasSizes(_ replicaSet: ReplicaSet) -> Bool {
        sizes.allSatisfy { replicaSet.metadata.annotations?[$0.key] == $0.value }
    }

    private func scale(_ replicaSet: ReplicaSet, to size: Int) -> DeploymentAction {
        .scale(replicaSet, to: size, annotations: sizes)
    }

    private var nextRevision: Int { (old.map(Revisions.number).max() ?? 0) + 1 }

    private func make(replicas: Int) -> ReplicaSet {
        let hash = Revisions.hash(deployment.spec.template, collisions: collisions)
        var template = deployment.spec.template
        if template.metadata == nil { template.metadata = ObjectMeta() }
        let labels = (template.metadata?.labels ?? [:]).merging([Revisions.hashLabel: hash]) { $1 }
        template.metadata?.labels = labels
        var selector = deployment.spec.selector
        selector.matchLabels = (selector.matchLabels ?? [:]).merging([Revisions.hashLabel: hash]) { $1 }
        var spec = ReplicaSetSpec(replicas: replicas, selector: selector, template: template)
        spec.minReadySeconds = deployment.spec.minReadySeconds
        let annotations = Revisions.copied(from: deployment)
            .merging(sizes) { $1 }.merging([Revisions.revision: String(nextRevision)]) { $1 }
        let metadata = ObjectMeta(
            name: "\(deployment.name)-\(hash)", namespace: deployment.namespace, labels: labels,
            annotations: annotations, ownerReferences: [deployment.ownerReference])
        return ReplicaSet(metadata: metadata, spec: spec)
    }

    /// The annotations of the newest ReplicaSet, the sizes on all active ones, and the revision of the Deployment.
    func syncAnnotations(besides actions: [DeploymentAction]) -> [DeploymentAction] {
        var more: [DeploymentAction] = []
        var revision = actions.created.map { Revisions.number($0) }
        if let new {
            var annotations = Revisions.copied(from: deployment)
            let present = Revisions.number(new)
            if present < nextRevision {
                annotations[Revisions.revision] = String(nextRevision)
                if present > 0 {
                    let past = new.metadata.annotations?[Revisions.history].map { "\($0)," } ?? ""
                    annotations[Revisions.history] = "\(past)\(present)"
                }
            }
            revision = max(present, nextRevision)
            let scaled = actions.contains {
                if case .scale(let other, _, _) = $0 { other.name == new.name } else { false }
            }
            if !scaled { annotations.merge(sizes) { $1 } }
            let changed = annotations.filter { new.metadata.annotations?[$0.key] != $0.value }
            let readiness = new.spec.minReadySeconds ?? 0 != deployment.spec.minReadySeconds ?? 0
            if !changed.isEmpty || readiness { more.append(.annotate(new, annotations: changed)) }
        }
        if let revision, deployment.metadata.annotations?[Revisions.revision] != String(revision) {
            more.append(.setRevision(String(revision)))
        }
        return more
    }

    /// Deletes the oldest empty ReplicaSets beyond the history limit.
    func forget() -> [DeploymentAction] {
        let empty = old.filter {
            $0.wanted == 0 && $0.status?.replicas ?? 0 == 0 && $0.metadata.deletionTimestamp == nil
                && $0.status?.observedGeneration ?? 0 >= $0.metadata.generation ?? 0
        }
        let surplus = empty.count - (deployment.spec.revisionHistoryLimit ?? 10)
        return empty.sorted { Revisions.number($0) < Revisions.number($1) }.prefix(max(0, surplus)).map { .delete($0) }
    }
}

extension ReplicaSet {
    var wanted: Int { spec.replicas ?? 1 }
    var available: Int { status?.availableReplicas ?? 0 }
}

extension KubeKind {
    /// A reference by which this object controls another.
    var ownerReference: OwnerReference {
        OwnerReference(
            apiVersion: Self.resource.apiVersion, kind: Self.resource.kind, name: name, uid: metadata.uid ?? "")
    }
}
