import Kube

/// What the scheduler knows when it places a pod.
struct SchedulingFacts: Sendable {
    var pod: Pod
    var nodes: [KubeNode]
    /// Pods that occupy nodes: assigned and not finished.
    var assigned: [Pod]
}

/// Where a pod goes, or why it can't go anywhere.
enum SchedulingPlan: Sendable, Equatable {
    case bind(node: String)
    case unschedulable(message: String)

    /// https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/
    static func make(_ facts: SchedulingFacts) -> SchedulingPlan {
        if facts.nodes.isEmpty { return .unschedulable(message: "no nodes available to schedule pods") }
        let needs = PodRequests(facts.pod)
        let byNode = Dictionary(grouping: facts.assigned) { $0.spec.nodeName ?? "" }
        var obstacles: [String: Int] = [:]
        var best: (score: Double, name: String)?
        for node in facts.nodes {
            let used = (byNode[node.name] ?? []).map { PodRequests($0) }
            let found = Self.obstacles(for: facts.pod, needs, on: node, used)
            for obstacle in found { obstacles[obstacle, default: 0] += 1 }
            guard found.isEmpty else { continue }
            let score = score(needs, on: node, used)
            if best.map({ (score, $0.name) > ($0.score, node.name) }) ?? true { best = (score, node.name) }
        }
        if let best { return .bind(node: best.name) }
        let reasons = obstacles.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
        let none = "0/\(facts.nodes.count) nodes are available: "
        let isFull = obstacles.keys.contains { $0.hasPrefix("Insufficient") || $0 == "Too many pods" }
        let preemption =
            isFull ? "No preemption victims found for incoming pod." : "Preemption is not helpful for scheduling."
        return .unschedulable(message: "\(none)\(reasons). preemption: \(none)\(facts.nodes.count) \(preemption)")
    }

    private static func obstacles(
        for pod: Pod, _ needs: PodRequests, on node: KubeNode, _ used: [PodRequests]
    ) -> [String] {
        if node.spec?.unschedulable == true { return ["node(s) were unschedulable"] }
        if !node.isReady { return ["node(s) had untolerated taint {node.kubernetes.io/not-ready: }"] }
        let labels = node.metadata.labels ?? [:]
        if !LabelSelector(matchLabels: pod.spec.nodeSelector).matches(labels) {
            return ["node(s) didn't match Pod's node affinity/selector"]
        }
        let allocatable = node.status?.allocatable ?? node.status?.capacity ?? [:]
        var found: [String] = []
        if let most = allocatable["pods"], used.count + 1 > most.value { found.append("Too many pods") }
        for (resource, need) in needs.milli.sorted(by: { $0.key < $1.key }) where need > 0 {
            let taken = used.reduce(0) { $0 + ($1.milli[resource] ?? 0) }
            if need + taken > allocatable[resource]?.milli ?? 0 { found.append("Insufficient \(resource)") }
        }
        return found
    }

    /// The share of processor and memory that would stay free, on average.
    private static func score(_ needs: PodRequests, on node: KubeNode, _ used: [PodRequests]) -> Double {
        let allocatable = node.status?.allocatable ?? node.status?.capacity ?? [:]
        let shares = ["cpu", "memory"].map { resource -> Double in
            guard let total = allocatable[resource]?.milli, total > 0 else { return 0 }
            let taken = used.reduce(needs.milli[resource] ?? 0) { $0 + ($1.milli[resource] ?? 0) }
            return 1 - Double(taken) / Double(total)
        }
        return shares.reduce(0, +) / Double(shares.count)
    }
}

extension KubeNode {
    /// A node without a Ready condition hasn't reported yet.
    var isReady: Bool { status?.conditions?.contains { $0.type == "Ready" && $0.status == "True" } ?? false }
}
