package import struct FoundationEssentials.Date

/// How long a container that ended, or an image that couldn't be pulled, waits for its next try: the first at once, then
/// 10 s, doubled each time up to 5 minutes. A run of 10 minutes or more starts the count again.
package struct RestartBackoff: Codable, Sendable, Equatable {
    package static let first: Double = 10
    package static let longest: Double = 300
    package static let resetAfter: Double = 600

    /// Failures in a row.
    package private(set) var failures = 0
    /// Not before this moment.
    package private(set) var notBefore: Date?

    package init() {}

    /// The delay in seconds before try number `failures + 1`.
    package static func delay(after failures: Int) -> Double {
        guard failures > 1 else { return 0 }
        return min(longest, first * Double(1 << min(failures - 2, 10)))
    }

    /// Counts an end. `ran` is how long it had been running, in seconds.
    package mutating func recordEnd(at now: Date, ran: Double) {
        failures = ran >= Self.resetAfter ? 1 : failures + 1
        notBefore = now.addingTimeInterval(Self.delay(after: failures))
    }

    /// Counts a failure after which even the first new try waits.
    package mutating func recordFailure(at now: Date) {
        failures += 1
        notBefore = now.addingTimeInterval(Self.delay(after: failures + 1))
    }

    /// Waits without counting: for what gets well by itself or by someone else.
    package mutating func wait(until date: Date) { notBefore = date }

    package mutating func reset() { self = RestartBackoff() }

    /// Whether a try at `now` is too early.
    package func holds(at now: Date) -> Bool { notBefore.map { now < $0 } ?? false }
}
