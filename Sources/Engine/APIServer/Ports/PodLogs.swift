package import FoundationEssentials

/// Reads the logs of containers on the node where they run.
package protocol PodLogs: Sendable {
    /// The log as raw bytes, in pieces. With `follow` the stream ends when the container does, or when it is dropped.
    ///
    /// - Throws: a `Problem` where there is no such log; its category decides the status.
    func log(of container: PodLogTarget, _ options: PodLogOptions) async throws -> AsyncThrowingStream<
        [UInt8], any Error
    >
}

/// Whose log.
package struct PodLogTarget: Sendable, Equatable {
    package let namespace: String
    package let pod: String
    package let uid: String
    package let container: String

    package init(namespace: String, pod: String, uid: String, container: String) {
        self.namespace = namespace
        self.pod = pod
        self.uid = uid
        self.container = container
    }
}

/// Which part of a log, and how (core/v1 PodLogOptions).
package struct PodLogOptions: Sendable, Equatable {
    package var follow = false
    /// The log of the instance before the present one.
    package var previous = false
    /// Each line begins with its time in RFC 3339 with nanoseconds, and a space.
    package var timestamps = false
    /// Only so many lines from the end.
    package var tailLines: Int?
    /// Only lines at or after this time.
    package var since: Date?
    /// At most so many bytes.
    package var limitBytes: Int?

    package init() {}
}
