import Kube
import NIOConcurrencyHelpers

/// Counts requests for each `TrafficKey`. Each event loop writes to a part of its own, so that counting never waits;
/// a reader adds the parts up.
package final class TrafficLedger: Sendable {
    private let shardCount: Int
    private let cells = NIOLockedValueBox<[TrafficKey: TrafficCell]>([:])

    /// `shards`: as many as there are event loops that write.
    package init(shards: Int) {
        shardCount = max(1, shards)
    }

    /// The counts of every key so far, monotonic since the process started.
    package func snapshot() -> [TrafficKey: TrafficCounts] {
        cells.withLockedValue { $0 }.mapValues { $0.total() }
    }

    /// The place where the traffic of `key` is counted: the same one for the same key, always.
    package func cell(for key: TrafficKey) -> TrafficCell {
        cells.withLockedValue { cells in
            if let cell = cells[key] { return cell }
            let cell = TrafficCell(key: key, shards: shardCount)
            cells[key] = cell
            return cell
        }
    }
}

/// The counts of one key, one part for each event loop.
package final class TrafficCell: Sendable {
    package let key: TrafficKey
    private let shards: [NIOLockedValueBox<Shard>]

    private struct Shard {
        /// By status, from 100 on; empty until the first answer.
        var codes: [UInt64] = []
        var inFlight = 0
        var latency = LatencyHistogram()
    }

    /// The key as members of a JSON object, each with its leading comma.
    let fragment: [UInt8]

    init(key: TrafficKey, shards: Int) {
        self.key = key
        let members = [
            ("route", key.route), ("backend", key.backend), ("app", key.app), ("service", key.service),
            ("env", key.environment), ("release", key.release), ("commit", key.commit), ("track", key.track),
        ]
        fragment = members.filter { !$0.1.isEmpty }.reduce(into: []) { bytes, member in
            bytes += Array(",\"\(member.0)\":".utf8) + JSON.string(member.1).bytes
        }
        self.shards = (0..<shards).map { _ in NIOLockedValueBox(Shard()) }
    }

    /// A request begins. `shard` is the number of the event loop.
    package func begin(shard: Int) {
        shards[shard % shards.count].withLockedValue { $0.inFlight += 1 }
    }

    /// A request that began on the same shard goes on elsewhere.
    package func withdraw(shard: Int) {
        shards[shard % shards.count].withLockedValue { $0.inFlight -= 1 }
    }

    /// A request that began on the same shard ends. `microseconds` is nil where its duration says nothing of the service.
    package func end(shard: Int, code: Int, microseconds: UInt64?) {
        shards[shard % shards.count].withLockedValue { counts in
            counts.inFlight -= 1
            if counts.codes.isEmpty { counts.codes = Array(repeating: 0, count: 900) }
            counts.codes[min(max(code, 100), 999) - 100] += 1
            if let microseconds { counts.latency.record(microseconds: microseconds) }
        }
    }

    /// The sum of the parts.
    package func total() -> TrafficCounts {
        var sum = TrafficCounts()
        for shard in shards {
            let part = shard.withLockedValue { $0 }
            for (index, count) in part.codes.enumerated() where count > 0 {
                sum.codes[index + 100, default: 0] += count
            }
            sum.inFlight += part.inFlight
            sum.latency.add(part.latency)
        }
        return sum
    }
}
