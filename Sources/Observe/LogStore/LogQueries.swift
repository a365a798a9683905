import FoundationEssentials
package import LogQL

/// Answers queries over the kept lines.
package struct LogQueries: Sendable {
    private let streams: LogStreams

    package init(_ streams: LogStreams) {
        self.streams = streams
    }

    /// What a query gives.
    package enum Answer: Sendable {
        /// Streams with their lines, in the order that was asked for.
        case lines([LogLines])
        case series([LogSeries])
    }

    /// - Parameters:
    ///   - start, end: Nanoseconds since 1970; lines with `start <= time < end`, as in Loki.
    ///   - step: Nanoseconds between the points of a metric query; `end` alone is evaluated where it is nil.
    ///   - limit: At most so many lines, the newest (or, forward, the oldest).
    package func query(_ text: String, start: Int64, end: Int64, step: Int64?, limit: Int, forward: Bool) async throws
        -> Answer
    {
        switch try LogExpression.parse(text) {
        case .lines(let selection): return .lines(try await lines(selection, start, end, limit, forward))
        case .metric(let metric):
            let milliseconds = (start: start / 1_000_000, end: end / 1_000_000)
            var steps: [Int64] = [milliseconds.end]
            if let step {
                steps = Array(
                    stride(from: milliseconds.start, through: milliseconds.end, by: Int(max(1, step / 1_000_000))))
            }
            let reach = metric.reach.milliseconds
            let from = ((steps.first ?? milliseconds.end) - reach) * 1_000_000
            let upTo = (steps.last ?? milliseconds.end) * 1_000_000
            var kept: [[String: String]: LogLines] = [:]
            for selection in metric.selections {
                for stream in try await streams.lines(selection.matchers, after: from, upTo: upTo) {
                    kept[stream.labels] = stream
                }
            }
            let all = Array(kept.values)
            let evaluator = MetricEvaluator(steps: steps) { matchers in
                all.filter { stream in matchers.allSatisfy { $0.accepts(stream.labels) } }
            }
            return .series(evaluator.evaluate(metric))
        }
    }

    private func lines(_ selection: LogSelection, _ start: Int64, _ end: Int64, _ limit: Int, _ forward: Bool)
        async throws -> [LogLines]
    {
        let processor = LineProcessor(selection)
        var found: [(labels: [String: String], time: Int64, line: String)] = []
        for stream in try await streams.lines(selection.matchers, after: start - 1, upTo: end - 1) {
            for entry in stream.entries {
                if let labels = processor.labels(of: entry.line, in: stream.labels) {
                    found.append((labels, entry.time, entry.line))
                }
            }
        }
        found.sort { forward ? $0.time < $1.time : $0.time > $1.time }
        var grouped: [[String: String]: [(time: Int64, line: String)]] = [:]
        for entry in found.prefix(limit) { grouped[entry.labels, default: []].append((entry.time, entry.line)) }
        return grouped.map { LogLines(labels: $0.key, entries: $0.value) }
            .sorted { ($0.entries.first?.time ?? 0) < ($1.entries.first?.time ?? 0) }
    }
}
