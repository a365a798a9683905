import Delivery

/// The progress of one run: what was, for those who come late, and what comes, for those who follow.
struct ProgressLog {
    private var lines: [DeliveryProgress]
    /// Not on disk yet. The looks at a canary stay in memory, but for the last one of each change.
    private var pending: [DeliveryProgress] = []
    private var followers: [Int: AsyncStream<DeliveryProgress>.Continuation] = [:]
    private var nextFollower = 0
    private var lastSequence: Int

    init(_ lines: [DeliveryProgress] = []) {
        self.lines = lines
        lastSequence = lines.last?.sequence ?? 0
    }

    mutating func append(_ line: DeliveryProgress) {
        var line = line
        lastSequence += 1
        line.sequence = lastSequence
        if line.canary != nil, lines.last?.canary != nil, lines.last?.stage == line.stage { lines.removeLast() }
        if line.canary != nil, pending.last?.canary != nil { pending.removeLast() }
        lines.append(line)
        pending.append(line)
        for follower in followers.values { follower.yield(line) }
    }

    var lastLook: CanaryLook? { lines.last { $0.canary != nil }?.canary }

    mutating func takePending() -> [DeliveryProgress] {
        defer { pending = [] }
        return pending
    }

    /// A stream that begins with everything so far.
    mutating func follow() -> (
        id: Int, stream: AsyncStream<DeliveryProgress>, continuation: AsyncStream<DeliveryProgress>.Continuation
    ) {
        let (stream, continuation) = AsyncStream<DeliveryProgress>.makeStream()
        for line in lines { continuation.yield(line) }
        nextFollower += 1
        followers[nextFollower] = continuation
        return (nextFollower, stream, continuation)
    }

    mutating func unfollow(_ id: Int) { followers[id] = nil }

    func finish() { for follower in followers.values { follower.finish() } }
}
