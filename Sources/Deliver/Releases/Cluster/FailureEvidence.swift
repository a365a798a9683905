import Kube

/// Gathers what a person needs to see of pods that did not become ready: states, events, last log lines.
struct FailureEvidence {
    let client: ClusterClient
    let namespace: String
    var lines = 20

    func gather(_ pods: [Pod]) async -> [String] {
        var evidence: [String] = []
        for pod in pods.filter({ !$0.isReady && !$0.isTerminating }).prefix(2) {
            evidence.append("pod \(pod.name): \(state(pod))")
            evidence += await events(pod)
            for status in pod.status?.containerStatuses ?? [] where !status.ready {
                evidence += await log(pod, status)
            }
        }
        return evidence
    }

    private func state(_ pod: Pod) -> String {
        let containers = (pod.status?.containerStatuses ?? []).map { status -> String in
            if let waiting = status.state?.waiting {
                return "\(status.name) waits (\(waiting.reason ?? "no reason given"))"
            }
            if let ended = status.state?.terminated { return "\(status.name) ended with exit code \(ended.exitCode)" }
            return status.ready ? "\(status.name) is ready" : "\(status.name) runs, but is not ready"
        }
        if containers.isEmpty {
            return pod.status?.conditions?.first { $0.status == "False" }?.message ?? pod.status?.phase ?? "no status"
        }
        return containers.joined(separator: ", ")
            + ", restarts \((pod.status?.containerStatuses ?? []).map(\.restartCount).reduce(0, +))"
    }

    private func events(_ pod: Pod) async -> [String] {
        let events = try? await client.list(KubeEvent.self, in: namespace, fields: "involvedObject.name=\(pod.name)")
        return (events?.items ?? []).filter { $0.type == "Warning" && $0.involvedObject.name == pod.name }.suffix(5)
            .map { "event \($0.reason ?? ""): \($0.message ?? "")" }
    }

    private func log(_ pod: Pod, _ status: ContainerStatus) async -> [String] {
        var text: [UInt8] = []
        let hasRestarted = status.restartCount > 0 && status.state?.running == nil
        for previous in hasRestarted ? [true, false] : [false] where text.isEmpty {
            let pieces = try? await client.log(
                pod: pod.name, in: namespace, container: status.name, previous: previous, tailLines: lines)
            guard let pieces else { continue }
            do {
                for try await piece in pieces where text.count < 1 << 20 { text += piece }
            } catch { continue }
        }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").suffix(lines)
            .map { "log \(status.name): \($0)" }
    }
}
