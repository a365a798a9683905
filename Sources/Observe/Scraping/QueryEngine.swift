import NIOPosix
package import Problems
package import PromQL
import Synchronization

/// Answers queries over a source of series, away from the threads that serve connections.
package struct QueryEngine: Sendable {
    package struct Options: Sendable {
        package var timeout: Duration = .seconds(120)
        package var evaluator = QueryEvaluator.Options()

        package init() {}
    }

    private let source: any SeriesSource
    private let options: Options
    /// The time in milliseconds since 1970.
    package let now: @Sendable () -> Int64

    package init(source: any SeriesSource, options: Options = Options(), now: @escaping @Sendable () -> Int64) {
        self.source = source
        self.options = options
        self.now = now
    }

    /// The value of a query at a time in milliseconds since 1970, or now.
    package func instant(
        _ query: String, at time: Int64? = nil, lookback: Int64? = nil, timeout: Duration? = nil
    ) async throws -> QueryResult {
        let query = try Query(query)
        let time = time ?? now()
        return try await run(lookback, timeout) { try $0.instant(query, at: time) }
    }

    /// Values from `start` to `end`, both included, `step` apart, all in milliseconds.
    package func range(
        _ query: String, from start: Int64, to end: Int64, step: Int64, lookback: Int64? = nil, timeout: Duration? = nil
    ) async throws -> QueryResult {
        let query = try Query(query)
        return try await run(lookback, timeout) { try $0.range(query, from: start, to: end, step: step) }
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }

    private func run(
        _ lookback: Int64?, _ timeout: Duration?, _ body: @escaping @Sendable (QueryEvaluator) throws -> QueryResult
    ) async throws -> QueryResult {
        let cancelled = Flag()
        let limit = min(timeout ?? options.timeout, options.timeout)
        let deadline = ContinuousClock.now + limit
        var settings = options.evaluator
        if let lookback { settings.lookback = lookback }
        let evaluator = QueryEvaluator(source: source, options: settings) {
            cancelled.isSet.load(ordering: .relaxed) || ContinuousClock.now > deadline
        }
        do {
            return try await withTaskCancellationHandler {
                try await NIOThreadPool.singleton.runIfActive { try body(evaluator) }
            } onCancel: {
                cancelled.isSet.store(true, ordering: .relaxed)
            }
        } catch is CancellationError where !cancelled.isSet.load(ordering: .relaxed) {
            throw QueryTimeout(limit: limit)
        }
    }
}

/// A query took longer than it may.
package struct QueryTimeout: Problem {
    package let limit: Duration
    package var code: String { "scraping.query.timed-out" }
    package var summary: String { "query timed out in expression evaluation" }
    package var remedy: String? {
        "Ask for a shorter time range, a longer step or fewer series (the limit is \(limit))."
    }
    package var category: ProblemCategory { .timedOut }
}
