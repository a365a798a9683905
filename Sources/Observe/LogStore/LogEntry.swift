/// One line of a log.
package struct LogEntry: Sendable, Equatable {
    /// Nanoseconds since 1970.
    package var time: Int64
    /// Without its newline.
    package var line: String

    package init(time: Int64, line: String) {
        self.time = time
        self.line = line
    }
}

/// Lines of one stream, as they are handed over for keeping.
package struct LogBatch: Sendable, Equatable {
    package var labels: [String: String]
    package var entries: [LogEntry]

    package init(labels: [String: String], entries: [LogEntry]) {
        self.labels = labels
        self.entries = entries
    }
}
