import Testing

@testable import Gateway

@Suite struct LatencyHistogramTests {
    @Test func `buckets follow one another without gap or overlap`() {
        for index in 0..<1800 {
            let lower = LatencyHistogram.lowerBound(index)
            let upper = LatencyHistogram.upperBound(index)
            #expect(lower < upper)
            guard upper <= LatencyHistogram.largest else { break }
            #expect(LatencyHistogram.index(of: lower) == index)
            #expect(LatencyHistogram.index(of: upper - 1) == index)
            #expect(Double(upper - lower) <= max(1, Double(lower) * 0.016))
        }
    }

    @Test func `quantiles are within a bucket of the truth`() throws {
        var histogram = LatencyHistogram()
        for value in 1...10_000 as ClosedRange<UInt64> { histogram.record(microseconds: value) }
        for (q, truth) in [(0.5, 5_000.0), (0.95, 9_500), (0.99, 9_900), (1, 10_000)] {
            let found = try #require(histogram.quantile(q))
            #expect(abs(found - truth) / truth < 0.018)
        }
        #expect(LatencyHistogram().quantile(0.5) == nil)
        #expect(histogram.sumMicroseconds == 50_005_000)
    }

    @Test func `a difference of snapshots holds what came between them`() {
        var histogram = LatencyHistogram()
        histogram.record(microseconds: 100)
        let earlier = histogram
        histogram.record(microseconds: 100)
        histogram.record(microseconds: 7_000_000_000)
        let difference = histogram.since(earlier)
        #expect(difference.count == 2)
        #expect(difference.counts[LatencyHistogram.index(of: 100)] == 1)
        #expect(difference.counts.last == 1)
        var sum = earlier
        sum.add(difference)
        #expect(sum == histogram)
    }
}
