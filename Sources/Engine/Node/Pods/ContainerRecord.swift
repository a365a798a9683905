package import struct FoundationEssentials.Date

/// What the node knows of one container of a pod. It is kept on disk, so that another process can go on from it.
package struct ContainerRecord: Codable, Sendable, Equatable {
    package var phase = ContainerPhase.waiting(reason: "ContainerCreating", message: nil)
    /// How often it was started again.
    package var restarts = 0
    /// The end before the current try.
    package var previous: ContainerEnd?
    package var image: String?
    /// The digest that the image resolved to.
    package var imageID: String?
    /// The signal that asks its program to end, as the image names it.
    package var stopSignal: String?
    /// The number of the try that runs, ran last or is about to.
    package var attempt = 0
    package var backoff = RestartBackoff()
    /// Readiness as the last probe found it; nil before the first.
    package var probedReady: Bool?
    /// Whether the startup probe has succeeded.
    package var isStarted = false

    package init() {}

    package var isRunning: Bool { if case .running = phase { true } else { false } }
    package var isStarting: Bool { if case .starting = phase { true } else { false } }
    package var end: ContainerEnd? { if case .ended(let end) = phase { end } else { nil } }
    package var run: ContainerRun? { if case .running(let run) = phase { run } else { nil } }
}

/// Where a container is in its life. Each case holds what exists only then.
package enum ContainerPhase: Codable, Sendable, Equatable {
    /// Not there yet, or not again, with the reason that users know (`ContainerCreating`, `ImagePullBackOff`, …).
    case waiting(reason: String, message: String?)
    /// The runtime may already know it under this identifier.
    case starting(id: String)
    case running(ContainerRun)
    case ended(ContainerEnd)
}

/// A container that runs.
package struct ContainerRun: Codable, Sendable, Equatable {
    package var id: String
    package var startedAt: Date
    /// Since when it is being stopped, and why; nil while it isn't.
    package var stopping: Stopping?

    package init(id: String, startedAt: Date, stopping: Stopping? = nil) {
        self.id = id
        self.startedAt = startedAt
        self.stopping = stopping
    }

    /// A request to end.
    package struct Stopping: Codable, Sendable, Equatable {
        package var since: Date
        /// The moment after which it is killed.
        package var deadline: Date
    }
}

/// How a container ended.
package struct ContainerEnd: Codable, Sendable, Equatable {
    package var id: String
    /// 0 to 255; 128 and the signal where one ended it.
    package var exitCode: Int
    /// Completed, Error, OOMKilled, ContainerCannotRun.
    package var reason: String
    package var message: String?
    package var startedAt: Date
    package var finishedAt: Date

    package init(id: String, exitCode: Int, reason: String, message: String? = nil, startedAt: Date, finishedAt: Date) {
        self.id = id
        self.exitCode = exitCode
        self.reason = reason
        self.message = message
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }

    package var isSuccess: Bool { exitCode == 0 }
}
