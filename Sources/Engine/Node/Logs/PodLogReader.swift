import Kube
import Linux
import Problems

/// Finds and reads the log of a container as the API serves it.
struct PodLogReader: Sendable {
    let directory: PodDirectory
    let pod: Pod
    let worker: PodWorker?

    func read(_ options: LogOptions) async throws -> AsyncThrowingStream<[UInt8], any Error> {
        let name = try containerName(options)
        let files = LogFiles(directory: directory.logs(name))
        let record = await worker?.state.containers[name]
        let attempts = files.attempts
        let attempt: Int?
        if options.previous {
            // While a container waits for its next try, its last try is the previous one.
            attempt =
                record?.previous == nil ? nil : attempts.last { record?.run == nil || $0 < (record?.attempt ?? 0) }
            guard attempt != nil else {
                throw NodeProblem.log(
                    message: "previous terminated container \"\(name)\" in pod \"\(pod.name)\" not found",
                    category: .invalid)
            }
        } else {
            attempt = attempts.last
        }
        guard let attempt else {
            throw NodeProblem.log(
                message: "container \"\(name)\" in pod \"\(pod.name)\" is waiting to start: \(waitingReason(record))",
                category: .invalid)
        }
        let worker = worker
        let tail = LogTail(files, attempt: attempt, options: options) {
            guard let record = await worker?.state.containers[name] else { return false }
            return record.isRunning && record.attempt == attempt
        }
        return AsyncThrowingStream { try await tail.next() }
    }

    private func containerName(_ options: LogOptions) throws -> String {
        let all = (pod.spec.initContainers ?? []).map(\.name) + pod.spec.containers.map(\.name)
        if let name = options.container, !name.isEmpty {
            guard all.contains(name) else {
                throw NodeProblem.log(message: "container \(name) is not valid for pod \(pod.name)", category: .invalid)
            }
            return name
        }
        guard let only = pod.spec.containers.first, all.count == 1 else {
            throw NodeProblem.log(
                message:
                    "a container name must be specified for pod \(pod.name), choose one of: [\(all.joined(separator: " "))]",
                category: .invalid)
        }
        return only.name
    }

    private func waitingReason(_ record: ContainerRecord?) -> String {
        if case .waiting(let reason, _)? = record?.phase { reason } else { "ContainerCreating" }
    }
}
