import FoundationEssentials
import Kube

extension TableColumn {
    static let pod: [TableColumn] = [
        .name,
        TableColumn("Ready") { PodSummary($0).ready },
        TableColumn("Status") { .string(PodSummary($0).status) },
        TableColumn("Restarts") { object, now in .string(PodSummary(object).restarts(now)) },
        .age,
        .field("IP", isWide: true, "status", "podIP"),
        .field("Node", isWide: true, "spec", "nodeName"),
        .field("Nominated Node", isWide: true, "status", "nominatedNodeName"),
        TableColumn("Readiness Gates", isWide: true) { object in
            let gates = object[path: "spec", "readinessGates"]?.array ?? []
            if gates.isEmpty { return "<none>" }
            let conditions = object[path: "status", "conditions"]?.array ?? []
            let passed = gates.filter { gate in
                conditions.contains { $0["type"] == gate["conditionType"] && $0["status"] == "True" }
            }
            return .string("\(passed.count)/\(gates.count)")
        },
    ]
}

/// What one line about a pod says.
struct PodSummary {
    private let pod: JSON
    private let statuses: [JSON]
    private let initStatuses: [JSON]
    private let initContainers: [JSON]

    init(_ pod: JSON) {
        self.pod = pod
        statuses = pod[path: "status", "containerStatuses"]?.array ?? []
        initStatuses = pod[path: "status", "initContainerStatuses"]?.array ?? []
        initContainers = pod[path: "spec", "initContainers"]?.array ?? []
    }

    private func isSidecar(_ name: JSON?) -> Bool {
        initContainers.contains { $0["name"] == name && $0["restartPolicy"] == "Always" }
    }

    var ready: JSON {
        let sidecars = initContainers.filter { $0["restartPolicy"] == "Always" }
        let total = (pod[path: "spec", "containers"]?.array?.count ?? 0) + sidecars.count
        let ready =
            statuses.filter { $0["ready"] == true && $0[path: "state", "running"] != nil }.count
            + initStatuses.filter { isSidecar($0["name"]) && $0["started"] == true && $0["ready"] == true }.count
        return .string("\(ready)/\(total)")
    }

    private var isReady: Bool {
        (pod[path: "status", "conditions"]?.array ?? []).contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }

    var status: String {
        let phase = pod[path: "status", "phase"]?.string ?? "Unknown"
        var reason = pod[path: "status", "reason"]?.string ?? phase
        let conditions = pod[path: "status", "conditions"]?.array ?? []
        if conditions.contains(where: { $0["type"] == "PodScheduled" && $0["reason"] == "SchedulingGated" }) {
            reason = "SchedulingGated"
        }
        if let pending = initReason {
            reason = pending
        } else {
            reason = containerReason(reason)
        }
        if pod[path: "metadata", "deletionTimestamp"] != nil, phase != "Succeeded", phase != "Failed" {
            reason = pod[path: "status", "reason"] == "NodeLost" ? "Unknown" : "Terminating"
        }
        return reason
    }

    /// Nil once every init container is done.
    private var initReason: String? {
        for (index, container) in initStatuses.enumerated() {
            if let ended = container[path: "state", "terminated"] {
                if ended["exitCode"]?.int == 0 { continue }
                return "Init:" + endReason(ended)
            }
            if isSidecar(container["name"]), container["started"] == true { continue }
            if let waiting = container[path: "state", "waiting", "reason"]?.string, waiting != "PodInitializing" {
                return "Init:" + waiting
            }
            return "Init:\(index)/\(initContainers.count)"
        }
        return nil
    }

    private func endReason(_ ended: JSON) -> String {
        if let reason = ended["reason"]?.string, !reason.isEmpty { return reason }
        if let signal = ended["signal"]?.int, signal != 0 { return "Signal:\(signal)" }
        return "ExitCode:\(ended["exitCode"]?.int ?? 0)"
    }

    private func containerReason(_ start: String) -> String {
        var reason = start
        var isAnyRunning = false
        for container in statuses.reversed() {
            if let waiting = container[path: "state", "waiting", "reason"]?.string, !waiting.isEmpty {
                reason = waiting
            } else if let ended = container[path: "state", "terminated"] {
                reason = endReason(ended)
            } else if container["ready"] == true, container[path: "state", "running"] != nil {
                isAnyRunning = true
            }
        }
        if reason == "Completed", isAnyRunning { return isReady ? "Running" : "NotReady" }
        return reason
    }

    func restarts(_ now: Date) -> String {
        let counted = statuses + initStatuses.filter { isSidecar($0["name"]) }
        let pending = initReason != nil
        let relevant = pending ? initStatuses : counted
        let count = relevant.reduce(0) { $0 + ($1["restartCount"]?.int ?? 0) }
        let last = relevant.compactMap { $0[path: "lastState", "terminated", "finishedAt"]?.string }.max()
        guard count > 0, let last else { return String(count) }
        return "\(count) (\(Age.since(.string(last), now)) ago)"
    }
}
