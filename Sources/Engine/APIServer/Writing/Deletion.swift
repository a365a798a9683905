import FoundationEssentials
import Kube

/// Decides how an object goes: at once, or marked until what holds it lets go.
///
/// https://kubernetes.io/docs/concepts/architecture/garbage-collection/
enum Deletion {
    /// What to do with an object that someone deletes.
    enum Step: Equatable {
        /// It goes now; this is its last state.
        case remove(JSON)
        /// It stays, marked.
        case mark(JSON)
    }

    static func step(for object: JSON, _ kind: ServedKind, _ options: DeleteOptions, now: Date) -> Step {
        var object = object
        propagate(&object, options.propagationPolicy)
        let grace = kind.type == Pod.resource ? podGrace(object, options) : 0
        mark(&object, kind, grace: grace, now: now)
        return isDue(object, kind) ? .remove(object) : .mark(object)
    }

    /// Whether nothing holds an object any more that is being deleted.
    static func isDue(_ object: JSON, _ kind: ServedKind) -> Bool {
        let metadata = object["metadata"] ?? [:]
        guard metadata["deletionTimestamp"] != nil, metadata["finalizers"]?.array?.isEmpty ?? true,
            metadata["deletionGracePeriodSeconds"]?.int ?? 0 == 0
        else { return false }
        return kind.type != Namespace.resource || (object[path: "spec", "finalizers"]?.array?.isEmpty ?? true)
    }

    private static func propagate(_ object: inout JSON, _ policy: String?) {
        let wanted: String? =
            switch policy {
            case "Foreground": "foregroundDeletion"
            case "Orphan": "orphan"
            default: nil
            }
        guard let wanted else { return }
        var finalizers = (object[path: "metadata", "finalizers"]?.array ?? [])
            .filter { $0 != "foregroundDeletion" && $0 != "orphan" }
        finalizers.append(.string(wanted))
        object[path: "metadata", "finalizers"] = .array(finalizers)
    }

    /// Seconds that a pod gets; 0 where it runs nowhere.
    private static func podGrace(_ pod: JSON, _ options: DeleteOptions) -> Int {
        let phase = pod[path: "status", "phase"]?.string
        if pod[path: "spec", "nodeName"]?.string?.isEmpty ?? true || phase == "Succeeded" || phase == "Failed" {
            return 0
        }
        let own = pod[path: "spec", "terminationGracePeriodSeconds"]?.int ?? 30
        return max(0, options.gracePeriodSeconds ?? own)
    }

    private static func mark(_ object: inout JSON, _ kind: ServedKind, grace: Int, now: Date) {
        if object[path: "metadata", "deletionTimestamp"] != nil {
            // A second deletion may only shorten the time that is left.
            let left = object[path: "metadata", "deletionGracePeriodSeconds"]?.int ?? 0
            guard grace < left else { return }
        } else if kind.countsGenerations {
            let generation = object[path: "metadata", "generation"]?.int ?? 0
            object[path: "metadata", "generation"] = .int(Int64(generation + 1))
        }
        object[path: "metadata", "deletionTimestamp"] = .string(Timestamp.text(now.addingTimeInterval(Double(grace))))
        object[path: "metadata", "deletionGracePeriodSeconds"] = .int(Int64(grace))
        if kind.type == Namespace.resource { object[path: "status", "phase"] = "Terminating" }
    }
}
