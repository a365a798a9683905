/// Samples of one series, by ascending time. Buffers are reused from series to series.
package struct SampleBuffer: Sendable {
    /// Milliseconds since 1970.
    package var times: [Int64] = []
    package var values: [Double] = []

    package init() {}

    package init(times: [Int64], values: [Double]) {
        self.times = times
        self.values = values
    }

    package mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    package mutating func append(_ time: Int64, _ value: Double) {
        times.append(time)
        values.append(value)
    }

    /// Takes out the markers that say that a series has ended.
    mutating func removeStaleMarkers() {
        guard values.contains(where: \.isStaleMarker) else { return }
        var kept = 0
        for index in values.indices where !values[index].isStaleMarker {
            times[kept] = times[index]
            values[kept] = values[index]
            kept += 1
        }
        times.removeLast(times.count - kept)
        values.removeLast(values.count - kept)
    }
}

/// Where the evaluator reads series from.
package protocol SeriesSource: Sendable {
    /// Visits every series that satisfies all matchers and has samples in `from...through` (milliseconds, both ends
    /// included), with those samples by ascending time. The buffer is the visitor's to change until it returns.
    func visit(
        _ matchers: [LabelMatcher], from: Int64, through: Int64,
        _ body: (LabelSet, inout SampleBuffer) throws -> Void) throws
}

extension Double {
    /// The marker that a scraper writes where a series ends: a NaN with a payload of its own.
    package static let staleMarker = Double(bitPattern: 0x7FF0_0000_0000_0002)

    package var isStaleMarker: Bool { bitPattern == 0x7FF0_0000_0000_0002 }

    /// "No value at this step": a stale marker is never a result, so its bits are free for this inside the evaluator.
    static var absent: Double { staleMarker }

    var isAbsent: Bool { isStaleMarker }
}
