import FoundationEssentials
import Kube
import Logging
import Problems

extension PodWorker {
    /// Brings the status in the API in step with the facts, the newest only, until the task is cancelled.
    func reportStatus() async {
        for await _ in statusChanges {
            var pause = 0.5
            while !Task.isCancelled {
                do {
                    try await reportOnce()
                    break
                } catch let problem as ClusterProblem where problem.isNotFound {
                    break
                } catch {
                    logger.warning("status not written, trying again", metadata: ["error": "\(brief(error))"])
                    try? await context.sleep(pause)
                    pause = min(10, pause * 2)
                }
            }
        }
    }

    private func reportOnce() async throws {
        let status = status
        guard status != (reported ?? pod.status) else { return }
        var tree = try JSON(encoding: status)
        // A merge keeps what is left out, so what is no more has to be said.
        for key in ["podIP", "podIPs", "initContainerStatuses", "reason", "message"] where tree[key] == nil {
            tree[key] = .null
        }
        try await context.client.patch(
            Pod.self, pod.name, in: pod.namespace, subresource: "status",
            ["metadata": ["uid": .string(uid)], "status": tree])
        reported = status
    }

    /// The status that the facts amount to now.
    var status: PodStatus {
        PodReport(
            facts: facts, podAddress: state.podAddress, hostAddress: context.configuration.address,
            startTime: state.startTime
        ).status(previous: reported ?? pod.status)
    }
}
