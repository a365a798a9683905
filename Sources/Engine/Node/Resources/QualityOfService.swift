package import Kube

/// How much a pod has been promised, from which follows who goes first when memory runs out.
///
/// https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/
package enum QualityOfService: String, Sendable {
    case guaranteed = "Guaranteed"
    case burstable = "Burstable"
    case bestEffort = "BestEffort"

    package init(of spec: PodSpec) {
        let all = spec.containers + (spec.initContainers ?? [])
        let names = ["cpu", "memory"]
        func positive(_ quantity: Quantity?) -> Quantity? { quantity.flatMap { $0.milli > 0 ? $0 : nil } }
        let hasAny = all.contains { container in
            names.contains {
                positive(container.resources?.requests?[$0]) != nil || positive(container.resources?.limits?[$0]) != nil
            }
        }
        guard hasAny else {
            self = .bestEffort
            return
        }
        let isGuaranteed = all.allSatisfy { container in
            names.allSatisfy { name in
                guard let limit = positive(container.resources?.limits?[name]) else { return false }
                return (container.resources?.requests?[name] ?? limit) == limit
            }
        }
        self = isGuaranteed ? .guaranteed : .burstable
    }

    /// The value for `oom_score_adj` (proc(5)): the higher, the earlier it is killed.
    ///
    /// - Parameters:
    ///   - memoryRequest: bytes.
    ///   - capacity: bytes of memory of the machine.
    package func outOfMemoryScore(memoryRequest: Int, capacity: Int) -> Int {
        switch self {
        case .guaranteed: return -997
        case .bestEffort: return 1000
        case .burstable:
            guard capacity > 0 else { return 999 }
            return min(999, max(3, 1000 - 1000 * memoryRequest / capacity))
        }
    }
}
