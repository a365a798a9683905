package import Kube
import Linux
import Logging
import Problems

package import struct FoundationEssentials.Date

/// What a container has used.
package struct ContainerStats: Sendable, Equatable {
    package let namespace: String
    package let pod: String
    package let container: String
    /// The pod's labels.
    package let labels: [String: String]
    package let cpuSeconds: Double
    /// Bytes in use that can't be given back at once.
    package let memoryWorkingSet: Int
    package let restarts: Int
    package let startedAt: Date
}

extension NodeAgent {
    /// What each running container has used so far.
    package func stats() async -> [ContainerStats] {
        var all: [ContainerStats] = []
        for worker in allWorkers { all += await worker.stats }
        return all.sorted { ($0.namespace, $0.pod, $0.container) < ($1.namespace, $1.pod, $1.container) }
    }

    /// The log of a container of a pod on this node, in pieces.
    ///
    /// - Parameter pod: as it stands in the API.
    /// - Throws: `NodeProblem.log` with the words that clients of Kubernetes know.
    package func log(of pod: Pod, _ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        guard let uid = pod.metadata.uid else {
            throw NodeProblem.log(message: "pod \"\(pod.name)\" has no uid", category: .invalid)
        }
        return try await PodLogReader(
            directory: PodDirectory(root: configuration.directory, uid: uid), pod: pod, worker: worker(uid)
        )
        .read(options)
    }
}

extension PodWorker {
    var stats: [ContainerStats] {
        handles.compactMap { name, handle in
            guard let usage = handle.usage, let run = state.containers[name]?.run else { return nil }
            return ContainerStats(
                namespace: pod.namespace, pod: pod.name, container: name, labels: pod.metadata.labels ?? [:],
                cpuSeconds: Double(usage.cpuNanoseconds) / 1e9, memoryWorkingSet: Int(usage.workingSet),
                restarts: state.containers[name]?.restarts ?? 0, startedAt: run.startedAt)
        }
    }

    func rotateLogs() {
        for handle in handles.values {
            do {
                try handle.rotateLog(beyond: context.configuration.logSize, keeping: context.configuration.logFiles)
            } catch { logger.warning("log not rotated", metadata: ["error": "\(brief(error))"]) }
        }
    }
}
