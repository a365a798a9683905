package import Kube

package import struct FoundationEssentials.Date

/// The status that a pod shows, from its facts. Conditions keep the time of their last change.
package struct PodReport: Sendable {
    package var facts: PodFacts
    package var podAddress: String?
    package var hostAddress: String
    package var startTime: Date

    package init(facts: PodFacts, podAddress: String?, hostAddress: String, startTime: Date) {
        self.facts = facts
        self.podAddress = podAddress
        self.hostAddress = hostAddress
        self.startTime = startTime
    }

    /// - Parameter previous: the status shown before, whose times are kept where nothing changed.
    package func status(previous: PodStatus?) -> PodStatus {
        let phase = PodMachine.phase(facts)
        var status = PodStatus(phase: phase.rawValue)
        status.reason = previous?.reason
        status.message = previous?.message
        status.hostIP = hostAddress
        status.hostIPs = [PodIP(ip: hostAddress)]
        status.podIP = podAddress
        status.podIPs = podAddress.map { [PodIP(ip: $0)] }
        status.startTime = Timestamp.text(startTime)
        status.qosClass = QualityOfService(of: facts.pod.spec).rawValue
        status.observedGeneration = facts.pod.metadata.generation
        let isOver = phase == .succeeded || phase == .failed
        let inits = facts.initContainers.map { containerStatus(of: $0, isInit: true, isOver: isOver) }
        if !inits.isEmpty { status.initContainerStatuses = inits }
        let mains = facts.pod.spec.containers.map { containerStatus(of: $0, isInit: false, isOver: isOver) }
        status.containerStatuses = mains
        status.conditions = conditions(
            phase, mains, previous: previous?.conditions ?? facts.pod.status?.conditions ?? [])
        return status
    }

    private func containerStatus(of container: Container, isInit: Bool, isOver: Bool) -> ContainerStatus {
        let record = facts.record(container.name)
        var status = ContainerStatus(
            name: container.name, image: record.image ?? container.image ?? "", imageID: record.imageID ?? "",
            restartCount: record.restarts)
        switch record.phase {
        case .waiting(let reason, let message):
            let isBlocked = !isInit && !facts.initContainers.allSatisfy { facts.record($0.name).end?.isSuccess == true }
            status.state = ContainerState(
                waiting: .init(
                    reason: isBlocked && reason == "ContainerCreating" ? "PodInitializing" : reason, message: message))
            status.started = false
        case .starting:
            status.state = ContainerState(waiting: .init(reason: "ContainerCreating"))
            status.started = false
        case .running(let run):
            status.state = ContainerState(running: .init(startedAt: Timestamp.text(run.startedAt)))
            status.containerID = Self.containerID(run.id)
            status.started = record.isStarted || container.startupProbe == nil
            status.ready =
                !isInit && (status.started ?? false) && (container.readinessProbe == nil || record.probedReady == true)
        case .ended(let end):
            status.state = ContainerState(terminated: Self.terminated(end))
            status.containerID = Self.containerID(end.id)
            status.started = false
            status.ready = isInit && end.isSuccess
        }
        if let previous = record.previous {
            status.lastState = ContainerState(terminated: Self.terminated(previous))
            if status.containerID == nil { status.containerID = Self.containerID(previous.id) }
        }
        return status
    }

    private func conditions(_ phase: PodPhase, _ mains: [ContainerStatus], previous: [Condition]) -> [Condition] {
        let now = Timestamp.text(facts.now)
        let unfinished = facts.initContainers.filter { facts.record($0.name).end?.isSuccess != true }.map(\.name)
        let unready = mains.filter { !$0.ready }.map(\.name)
        func condition(_ type: String, _ holds: Bool, reason: String? = nil, message: String? = nil) -> Condition {
            let status = holds ? "True" : "False"
            let before = previous.first { $0.type == type && $0.status == status }
            return Condition(
                type: type, status: status, reason: holds && phase != .succeeded ? nil : reason,
                message: holds ? nil : message,
                observedGeneration: facts.pod.metadata.generation, lastTransitionTime: before?.lastTransitionTime ?? now
            )
        }
        let isReady = phase == .running && unready.isEmpty
        let reason =
            switch phase {
            case .succeeded: "PodCompleted"
            case .failed: "PodFailed"
            default: "ContainersNotReady"
            }
        let message = phase == .succeeded ? nil : "containers with unready status: [\(unready.joined(separator: " "))]"
        var all = [
            condition("PodReadyToStartContainers", facts.sandbox == .ready),
            condition(
                "Initialized", unfinished.isEmpty,
                reason: phase == .succeeded ? "PodCompleted" : "ContainersNotInitialized",
                message: "containers with incomplete status: [\(unfinished.joined(separator: " "))]"),
            condition("Ready", isReady, reason: reason, message: message),
            condition("ContainersReady", isReady, reason: reason, message: message),
        ]
        all.append(previous.first { $0.type == "PodScheduled" } ?? condition("PodScheduled", true))
        return all
    }

    private static func terminated(_ end: ContainerEnd) -> ContainerState.Terminated {
        var terminated = ContainerState.Terminated(exitCode: end.exitCode, reason: end.reason, message: end.message)
        if end.exitCode > 128, end.reason != "StartError" { terminated.signal = end.exitCode - 128 }
        terminated.startedAt = Timestamp.text(end.startedAt)
        terminated.finishedAt = Timestamp.text(end.finishedAt)
        terminated.containerID = containerID(end.id)
        return terminated
    }

    /// The identifier with its runtime, as it stands in a status.
    package static func containerID(_ id: String) -> String { "estiba://\(id)" }
}
