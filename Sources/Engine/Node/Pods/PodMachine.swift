import Kube

import struct FoundationEssentials.Date

/// Decides what becomes of a pod. It has no state of its own and does nothing: facts go in, actions come out.
///
/// Sandbox and first containers are asked for together; whoever performs them lets a container wait for its sandbox only
/// where it needs it.
package enum PodMachine {
    package static func plan(_ facts: PodFacts) -> PodPlan {
        if facts.isEnding { return ending(facts) }
        switch phase(facts) {
        case .succeeded, .failed: return over(facts)
        case .pending, .running: return living(facts)
        }
    }

    /// The phase that the containers' states amount to.
    package static func phase(_ facts: PodFacts) -> PodPhase {
        let policy = RestartPolicy(facts.pod.spec.restartPolicy)
        for container in facts.initContainers {
            if let end = facts.record(container.name).end {
                if end.isSuccess { continue }
                if policy == .never { return .failed }
            }
            return .pending
        }
        let records = facts.pod.spec.containers.map { facts.record($0.name) }
        if records.contains(where: { $0.isRunning }) { return .running }
        let ends = records.compactMap { record in
            record.end.flatMap { policy.restarts($0) && !facts.isEnding ? nil : $0 }
        }
        if ends.count == records.count { return ends.allSatisfy(\.isSuccess) ? .succeeded : .failed }
        // Between two tries a pod counts as running: it has been.
        return records.contains { $0.restarts > 0 || $0.end != nil || $0.previous != nil } ? .running : .pending
    }

    // MARK: The three situations

    private static func ending(_ facts: PodFacts) -> PodPlan {
        var plan = PodPlan()
        let grace = Double(
            facts.pod.metadata.deletionGracePeriodSeconds ?? facts.pod.spec.terminationGracePeriodSeconds ?? 30)
        let since = facts.endingSince ?? facts.now
        let rest = max(0, grace - facts.now.timeIntervalSince(since))
        var isQuiet = facts.sandbox != .preparing && !facts.isCleaning
        for container in facts.initContainers + facts.pod.spec.containers {
            let record = facts.record(container.name)
            if record.isStarting { isQuiet = false }
            guard let run = record.run else { continue }
            isQuiet = false
            // A later, shorter period overrules the one under way.
            let isSooner = run.stopping.map { facts.now.addingTimeInterval(rest + 1) < $0.deadline } ?? true
            if isSooner {
                plan.actions.append(
                    .stop(container: container.name, grace: rest, message: "Stopping container \(container.name)"))
            }
        }
        if isQuiet { plan.actions.append(.remove) }
        return plan
    }

    private static func over(_ facts: PodFacts) -> PodPlan {
        var plan = PodPlan()
        var isQuiet = !facts.isCleaning
        for container in facts.initContainers + facts.pod.spec.containers {
            let record = facts.record(container.name)
            if record.isRunning || record.isStarting { isQuiet = false }
        }
        if isQuiet, facts.sandbox != .absent { plan.actions.append(.releaseSandbox) }
        return plan
    }

    private static func living(_ facts: PodFacts) -> PodPlan {
        var plan = PodPlan()
        switch facts.sandbox {
        case .absent: plan.actions.append(.prepareSandbox)
        case .failed(let retryAt) where retryAt <= facts.now: plan.actions.append(.prepareSandbox)
        case .failed(let retryAt):
            plan.wake(at: retryAt)
            return plan
        case .preparing, .ready: break
        }
        for container in facts.initContainers {
            if facts.record(container.name).end?.isSuccess == true { continue }
            advance(container, facts, &plan)
            return plan
        }
        for container in facts.pod.spec.containers { advance(container, facts, &plan) }
        return plan
    }

    /// What one container needs: a first start, or another one when its time has come.
    private static func advance(_ container: Container, _ facts: PodFacts, _ plan: inout PodPlan) {
        let record = facts.record(container.name)
        let policy = RestartPolicy(facts.pod.spec.restartPolicy)
        switch record.phase {
        case .starting, .running: return
        case .waiting:
            if record.backoff.holds(at: facts.now) {
                plan.wake(at: record.backoff.notBefore)
            } else {
                plan.actions.append(
                    .start(container: container.name, attempt: record.previous == nil ? 0 : record.restarts + 1))
            }
        case .ended(let end):
            guard policy.restarts(end) || (isInit(container, facts) && !end.isSuccess && policy != .never) else {
                return
            }
            if record.backoff.holds(at: facts.now) {
                let delay = Int(RestartBackoff.delay(after: record.backoff.failures))
                plan.actions.append(
                    .hold(
                        container: container.name, reason: "CrashLoopBackOff",
                        message: "back-off \(delay)s restarting failed container=\(container.name)"
                            + " pod=\(facts.pod.name)_\(facts.pod.namespace)(\(facts.pod.metadata.uid ?? ""))"))
                plan.wake(at: record.backoff.notBefore)
            } else {
                plan.actions.append(.start(container: container.name, attempt: record.restarts + 1))
            }
        }
    }

    private static func isInit(_ container: Container, _ facts: PodFacts) -> Bool {
        facts.initContainers.contains { $0.name == container.name }
    }
}

/// The phases of a pod that a node gives it.
package enum PodPhase: String, Sendable {
    case pending = "Pending"
    case running = "Running"
    case succeeded = "Succeeded"
    case failed = "Failed"
}

/// Which ends are followed by another start.
package enum RestartPolicy: String, Sendable {
    case always = "Always"
    case onFailure = "OnFailure"
    case never = "Never"

    /// An absent policy is Always.
    package init(_ text: String?) { self = text.flatMap { RestartPolicy(rawValue: $0) } ?? .always }

    package func restarts(_ end: ContainerEnd) -> Bool {
        switch self {
        case .always: true
        case .onFailure: !end.isSuccess
        case .never: false
        }
    }
}
