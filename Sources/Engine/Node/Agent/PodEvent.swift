import Kube

import struct FoundationEssentials.Date

/// What can happen to a pod, as its worker hears of it.
enum PodEvent: Sendable {
    /// The object in the API is now this.
    case changed(Pod)
    /// The object has left the API.
    case gone
    /// A ConfigMap or Secret that the pod may use has changed.
    case refresh
    /// A moment that was waited for has come.
    case wake
    case sandbox(Result<PodSandbox, any Error>)
    case started(container: String, attempt: Int, StartedContainer)
    case startFailed(container: String, attempt: Int, StartFailure)
    case ended(container: String, ContainerEnd)
    case probed(container: String, id: String, ProbeKind, ProbeCounter.Verdict, message: String)
    /// What was left of an ended container has been removed.
    case cleaned
    case removed
}

/// The three probes of a container.
enum ProbeKind: String, Sendable {
    case startup = "Startup"
    case liveness = "Liveness"
    case readiness = "Readiness"
}

/// A container that has just begun to run.
struct StartedContainer: Sendable {
    let handle: RunningContainer
    let startedAt: Date
    let stopSignal: String?
    let image: String
    let imageID: String
}

/// Why a container could not be started.
enum StartFailure: Sendable {
    /// The sandbox could not be made; its own failure tells why.
    case sandbox
    case image(any Error)
    case configuration(any Error)
    case runtime(any Error)
}
