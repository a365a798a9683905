import Kube

/// How it stands with one owner that an object names.
enum OwnerState: Sendable, Equatable {
    case present
    /// It waits for its dependents to go before it goes itself.
    case waiting
    case absent
    /// Of a kind that isn't watched here; it counts as present.
    case unknown
}

/// What the garbage collector knows of an object.
struct GarbageFacts: Sendable {
    var object: OwnedObject
    /// By the uid of the reference.
    var owners: [String: OwnerState] = [:]
    var dependents: [OwnedObject] = []
}

/// One write of the garbage collector.
enum GarbageAction: Sendable {
    case delete(OwnedObject, propagation: String)
    /// Takes the references to these owners off an object.
    case disown(OwnedObject, owners: Set<String>)
    case removeFinalizer(OwnedObject, String)
}

extension GarbageAction: Equatable {
    static func == (left: GarbageAction, right: GarbageAction) -> Bool {
        switch (left, right) {
        case (.delete(let a, let x), .delete(let b, let y)): a.uid == b.uid && x == y
        case (.disown(let a, let x), .disown(let b, let y)): a.uid == b.uid && x == y
        case (.removeFinalizer(let a, let x), .removeFinalizer(let b, let y)): a.uid == b.uid && x == y
        default: false
        }
    }
}

/// What becomes of an object by its owners, and of its dependents when it is being deleted.
enum GarbagePlan {
    static let foreground = "foregroundDeletion"
    static let orphan = "orphan"

    /// https://kubernetes.io/docs/concepts/architecture/garbage-collection/
    static func make(_ facts: GarbageFacts) -> [GarbageAction] {
        let object = facts.object
        if object.metadata.deletionTimestamp != nil {
            let finalizers = object.metadata.finalizers ?? []
            if finalizers.contains(orphan) { return release(facts) }
            if finalizers.contains(foreground) { return waitForDependents(facts) }
            return []
        }
        return follow(facts)
    }

    private static func release(_ facts: GarbageFacts) -> [GarbageAction] {
        facts.dependents.map { .disown($0, owners: [facts.object.uid]) } + [.removeFinalizer(facts.object, orphan)]
    }

    private static func waitForDependents(_ facts: GarbageFacts) -> [GarbageAction] {
        let blocking = facts.dependents.filter { dependent in
            dependent.metadata.ownerReferences?.contains { $0.uid == facts.object.uid && $0.blockOwnerDeletion == true }
                ?? false
        }
        if blocking.isEmpty { return [.removeFinalizer(facts.object, foreground)] }
        return facts.dependents.filter { $0.metadata.deletionTimestamp == nil }.map {
            .delete($0, propagation: "Foreground")
        }
    }

    /// An object goes when all its owners have gone; while one is left, it only loses its references to the others.
    private static func follow(_ facts: GarbageFacts) -> [GarbageAction] {
        let references = facts.object.metadata.ownerReferences ?? []
        guard !references.isEmpty else { return [] }
        var gone: Set<String> = []
        var waiting: Set<String> = []
        for reference in references {
            switch facts.owners[reference.uid] ?? .unknown {
            case .absent: gone.insert(reference.uid)
            case .waiting: waiting.insert(reference.uid)
            case .present, .unknown: break
            }
        }
        if gone.isEmpty && waiting.isEmpty { return [] }
        if gone.count + waiting.count < Set(references.map(\.uid)).count {
            return gone.isEmpty ? [] : [.disown(facts.object, owners: gone)]
        }
        return [.delete(facts.object, propagation: waiting.isEmpty ? "Background" : "Foreground")]
    }
}
