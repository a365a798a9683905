package import PromQL
import Synchronization

extension TimeSeries: SeriesSource {
    /// What a read needs, taken in one moment, so that appends go on while it decodes.
    private struct Snapshot {
        var series: [(number: UInt32, labels: LabelSet, head: Heads.Head)] = []
        var blocks: [Block] = []
    }

    private func snapshot(_ matchers: [LabelMatcher], _ from: Int64, _ through: Int64) -> Snapshot {
        state.withLock { state in
            var snapshot = Snapshot()
            snapshot.blocks = state.blocks.filter { $0.window.lowerBound <= through && $0.window.upperBound > from }
            let numbers = state.index.select(matchers)
            snapshot.series.reserveCapacity(numbers.count)
            for number in numbers {
                guard let labels = state.index.labels(of: number) else { continue }
                snapshot.series.append((number, labels, state.heads[number]))
            }
            return snapshot
        }
    }

    package func visit(
        _ matchers: [LabelMatcher], from: Int64, through: Int64,
        _ body: (LabelSet, inout SampleBuffer) throws -> Void
    ) throws {
        let snapshot = snapshot(matchers, from, through)
        var buffer = SampleBuffer()
        for one in snapshot.series {
            buffer.removeAll()
            for block in snapshot.blocks { block.read(one.number, from: from, through: through, into: &buffer) }
            one.head.read(from: from, through: through, into: &buffer)
            if !buffer.times.isEmpty { try body(one.labels, &buffer) }
        }
    }

    /// The labels of the series that satisfy all matchers of any of the lists (of no list: all series) and have samples in
    /// the time range, sorted.
    package func series(_ matches: [[LabelMatcher]], from: Int64, through: Int64) -> [LabelSet] {
        var found: [UInt32: LabelSet] = [:]
        for matchers in matches.isEmpty ? [[]] : matches {
            let snapshot = snapshot(matchers, from, through)
            for one in snapshot.series where found[one.number] == nil {
                let isInHead = one.head.minTime <= through && one.head.lastTime >= from
                if isInHead || snapshot.blocks.contains(where: { $0.contains(one.number) }) {
                    found[one.number] = one.labels
                }
            }
        }
        return found.values.sorted()
    }

    /// All label names, sorted.
    package var labelNames: [String] { state.withLock { $0.index.labelNames } }

    /// All values of a label, sorted.
    package func labelValues(_ name: String) -> [String] { state.withLock { $0.index.labelValues(name) } }

    /// Sizes, for metrics and for people.
    package struct Statistics: Sendable {
        package var series: Int
        package var blocks: Int
        package var blockBytes: Int64
    }

    package var statistics: Statistics {
        state.withLock { state in
            Statistics(
                series: state.index.count, blocks: state.blocks.count,
                blockBytes: state.blocks.reduce(0) { $0 + $1.size })
        }
    }
}
