package import struct FoundationEssentials.Date

/// Which part of a container's log is wanted, and in which form.
package struct LogOptions: Sendable, Equatable {
    /// Nil where the pod has only one container.
    package var container: String?
    /// Go on with what the container writes until it ends.
    package var follow: Bool
    /// The log of the try before the current one.
    package var previous: Bool
    package var tailLines: Int?
    package var since: Date?
    /// Put the time before each line.
    package var timestamps: Bool
    package var limitBytes: Int?

    package init(
        container: String? = nil, follow: Bool = false, previous: Bool = false, tailLines: Int? = nil,
        since: Date? = nil,
        timestamps: Bool = false, limitBytes: Int? = nil
    ) {
        self.container = container
        self.follow = follow
        self.previous = previous
        self.tailLines = tailLines
        self.since = since
        self.timestamps = timestamps
        self.limitBytes = limitBytes
    }
}
