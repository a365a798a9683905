import PromQL

/// Series in memory, for tests of the language without a store.
struct MemorySeries: SeriesSource {
    private var series: [LabelSet: [Int64: Double]] = [:]

    mutating func add(_ labels: LabelSet, _ time: Int64, _ value: Double) {
        series[labels, default: [:]][time] = value
    }

    func visit(
        _ matchers: [LabelMatcher], from: Int64, through: Int64,
        _ body: (LabelSet, inout SampleBuffer) throws -> Void
    ) throws {
        for (labels, samples) in series.sorted(by: { $0.key < $1.key })
        where matchers.allSatisfy({ $0.accepts(labels) }) {
            var buffer = SampleBuffer()
            for (time, value) in samples.sorted(by: { $0.key < $1.key }) where time >= from && time <= through {
                buffer.append(time, value)
            }
            if !buffer.times.isEmpty { try body(labels, &buffer) }
        }
    }
}
