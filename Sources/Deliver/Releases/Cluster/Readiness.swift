package import Kube

/// Whether a workload serves its newest template. Pure.
package enum Readiness: Sendable, Equatable {
    case ready(pods: Int)
    /// Not yet, and why.
    case waiting(String)
    /// It won't be: waiting longer is of no use.
    case failed(String)

    /// `pods`: those that the Deployment's selector finds.
    package static func of(_ deployment: Deployment, pods: [Pod]) -> Readiness {
        let wanted = deployment.spec.replicas ?? 1
        let status = deployment.status
        guard (status?.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0) else {
            return .waiting("the controller has not seen the change yet")
        }
        if let failure = pods.lazy.compactMap(failure).first { return .failed(failure) }
        if let condition = status?.conditions?.first(where: { $0.type == "Progressing" }),
            condition.status == "False", condition.reason == "ProgressDeadlineExceeded"
        {
            return .failed(condition.message ?? "the progress deadline has passed")
        }
        let updated = status?.updatedReplicas ?? 0
        let available = status?.availableReplicas ?? 0
        let all = status?.replicas ?? 0
        if updated < wanted { return .waiting("\(updated) of \(wanted) pods are new") }
        if all > updated { return .waiting("\(all - updated) old pods are still there") }
        if available < wanted { return .waiting("\(available) of \(wanted) pods are available") }
        return .ready(pods: wanted)
    }

    /// https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/#StatefulSetStatus
    package static func of(statefulSet set: JSON) -> Readiness {
        let wanted = set[path: "spec", "replicas"]?.int ?? 1
        let status = set["status"] ?? .emptyObject
        guard (status["observedGeneration"]?.int ?? 0) >= (set[path: "metadata", "generation"]?.int ?? 0) else {
            return .waiting("the controller has not seen the change yet")
        }
        // A set that is updated by hand (OnDelete) waits for a person, not for the controller.
        if set[path: "spec", "updateStrategy", "type"]?.string != "OnDelete" {
            let updated = status["updatedReplicas"]?.int ?? 0
            let isWhole = status["currentRevision"] == status["updateRevision"]
            if updated < wanted, !isWhole { return .waiting("\(updated) of \(wanted) pods are new") }
        }
        let ready = status["readyReplicas"]?.int ?? 0
        return ready < wanted ? .waiting("\(ready) of \(wanted) pods are ready") : .ready(pods: wanted)
    }

    /// Why a pod will not start by waiting; nil while there is hope.
    static func failure(_ pod: Pod) -> String? {
        guard !pod.isTerminating else { return nil }
        let statuses = (pod.status?.initContainerStatuses ?? []) + (pod.status?.containerStatuses ?? [])
        for status in statuses {
            guard let waiting = status.state?.waiting, let reason = waiting.reason else { continue }
            let text =
                "container \(status.name) of pod \(pod.name): \(reason)" + (waiting.message.map { ", \($0)" } ?? "")
            switch reason {
            case "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName", "CreateContainerConfigError": return text
            case "CrashLoopBackOff" where status.restartCount >= 2: return text + exit(status)
            default: continue
            }
        }
        if pod.status?.phase == "Failed" {
            return "pod \(pod.name) failed: \(pod.status?.message ?? pod.status?.reason ?? "")"
        }
        return nil
    }

    private static func exit(_ status: ContainerStatus) -> String {
        guard let ended = status.lastState?.terminated ?? status.state?.terminated else { return "" }
        return ", exit code \(ended.exitCode)"
    }
}
