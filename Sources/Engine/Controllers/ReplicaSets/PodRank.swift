import Kube

/// How readily a pod is given up when there are too many. A lower rank goes first.
struct PodRank: Comparable {
    private let isAssigned: Bool
    private let phase: Int
    private let isReady: Bool
    private let cost: Int
    /// Younger goes first: the negative of the time.
    private let readyTime: Double
    private let restarts: Int
    private let age: Double

    init(_ pod: Pod) {
        isAssigned = !(pod.spec.nodeName ?? "").isEmpty
        phase =
            switch pod.status?.phase {
            case "Running": 2
            case "Unknown": 1
            default: 0
            }
        isReady = pod.isReady
        cost = pod.metadata.annotations?["controller.kubernetes.io/pod-deletion-cost"].flatMap(Int.init) ?? 0
        readyTime = -(pod.readySince?.seconds ?? 0)
        restarts = -(pod.status?.containerStatuses?.map(\.restartCount).max() ?? 0)
        age = -(Moment(pod.metadata.creationTimestamp)?.seconds ?? 0)
    }

    static func < (left: PodRank, right: PodRank) -> Bool {
        if left.isAssigned != right.isAssigned { return !left.isAssigned }
        if left.phase != right.phase { return left.phase < right.phase }
        if left.isReady != right.isReady { return !left.isReady }
        if left.cost != right.cost { return left.cost < right.cost }
        if left.readyTime != right.readyTime { return left.readyTime < right.readyTime }
        if left.restarts != right.restarts { return left.restarts < right.restarts }
        return left.age < right.age
    }

    /// The pods, those to be given up first in front.
    static func firstToGo(_ pods: [Pod]) -> [Pod] {
        let ranked: [(rank: PodRank, pod: Pod)] = pods.map { (PodRank($0), $0) }
        let sorted = ranked.sorted { left, right in
            if left.rank == right.rank { return left.pod.name < right.pod.name }
            return left.rank < right.rank
        }
        return sorted.map(\.pod)
    }
}
