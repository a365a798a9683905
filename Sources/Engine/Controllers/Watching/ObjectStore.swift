import Kube
import Synchronization

/// The objects of one kind as last seen: fed by a watch, and at once by the answers to our own writes, so that a
/// reconciler sees what it has just written.
final class ObjectStore<Kind: KubeKind>: Sendable {
    /// Called after a change with the object before and after it.
    typealias Observer = @Sendable (_ old: Kind?, _ new: Kind?) -> Void

    private struct State: Sendable {
        var objects: [String: [String: Kind]] = [:]
        /// The identities of objects deleted lately, so that a late answer doesn't bring one back.
        var deleted: Set<String> = []
        var deletedOrder: [String] = []
        var observers: [Observer] = []
    }

    private let state = Mutex(State())
    private static var remembered: Int { 4096 }

    func observe(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

    func get(_ key: ObjectKey) -> Kind? { state.withLock { $0.objects[key.namespace]?[key.name] } }

    /// All objects of a namespace, or of all namespaces.
    func all(in namespace: String? = nil) -> [Kind] {
        state.withLock { state in
            if let namespace { return Array((state.objects[namespace] ?? [:]).values) }
            return state.objects.values.flatMap(\.values)
        }
    }

    func apply(_ change: Reflector<Kind>.Change) {
        switch change {
        case .upserted(let object): upsert(object)
        case .deleted(let object): remove(object)
        case .replaced(let objects): replace(objects)
        }
    }

    /// Takes an object in, unless a newer version of it, or its deletion, is known.
    func upsert(_ object: Kind) {
        let (observers, old, isNews) = state.withLock { state -> ([Observer], Kind?, Bool) in
            if let uid = object.metadata.uid, state.deleted.contains(uid) { return ([], nil, false) }
            let old = state.objects[object.namespace]?[object.name]
            if let old, old.metadata.uid == object.metadata.uid, !Self.isNewer(object, than: old) {
                return ([], nil, false)
            }
            state.objects[object.namespace, default: [:]][object.name] = object
            return (state.observers, old, true)
        }
        if isNews { for observer in observers { observer(old, object) } }
    }

    /// Changes an object in place until the watch brings its next version.
    func assume(_ key: ObjectKey, _ change: (inout Kind) -> Void) {
        state.withLock { state in
            guard var object = state.objects[key.namespace]?[key.name] else { return }
            change(&object)
            state.objects[key.namespace, default: [:]][key.name] = object
        }
    }

    private func remove(_ object: Kind) {
        let (observers, old) = state.withLock { state -> ([Observer], Kind?) in
            if let uid = object.metadata.uid, state.deleted.insert(uid).inserted {
                state.deletedOrder.append(uid)
                if state.deletedOrder.count > 2 * Self.remembered {
                    for uid in state.deletedOrder.prefix(Self.remembered) { state.deleted.remove(uid) }
                    state.deletedOrder.removeFirst(Self.remembered)
                }
            }
            guard let old = state.objects[object.namespace]?[object.name], old.metadata.uid == object.metadata.uid
            else { return ([], nil) }
            state.objects[object.namespace]?[object.name] = nil
            return (state.observers, old)
        }
        if let old { for observer in observers { observer(old, nil) } }
    }

    private func replace(_ objects: [Kind]) {
        let (observers, before) = state.withLock { state -> ([Observer], [String: [String: Kind]]) in
            let before = state.objects
            state.objects = [:]
            for object in objects { state.objects[object.namespace, default: [:]][object.name] = object }
            return (state.observers, before)
        }
        let now = Set(objects.map { ObjectKey(namespace: $0.namespace, name: $0.name) })
        for observer in observers {
            for object in objects { observer(before[object.namespace]?[object.name], object) }
            for old in before.values.flatMap(\.values)
            where !now.contains(ObjectKey(namespace: old.namespace, name: old.name)) {
                observer(old, nil)
            }
        }
    }

    /// Versions are numbers of one counter; a version that isn't a number counts as new.
    private static func isNewer(_ object: Kind, than old: Kind) -> Bool {
        guard let new = object.metadata.resourceVersion.flatMap(UInt64.init),
            let known = old.metadata.resourceVersion.flatMap(UInt64.init)
        else { return true }
        return new > known
    }
}
