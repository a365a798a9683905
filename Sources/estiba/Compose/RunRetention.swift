import Foundation

/// Which runs' logs and artifacts may go.
enum RunRetention {
    /// A run whose logs are kept.
    struct Run: Sendable, Equatable {
        var number: Int
        var createdAt: Date
        var isFinished: Bool
    }

    /// The runs that are over, older than `cutoff`, and not among the newest of their app.
    static func expired(_ runs: [Run], keeping newest: Int, before cutoff: Date) -> [Int] {
        runs.sorted { $0.number > $1.number }.dropFirst(newest).filter { $0.isFinished && $0.createdAt < cutoff }.map(
            \.number)
    }
}
