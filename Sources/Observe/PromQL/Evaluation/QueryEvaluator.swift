/// Evaluates queries over a source of series. Series-wise: each series is read once for all steps of a query.
package struct QueryEvaluator: Sendable {
    package struct Options: Sendable {
        /// How far back an instant selector looks for the latest sample, in milliseconds.
        package var lookback: Int64 = 300_000
        /// The step of a subquery that names none, in milliseconds.
        package var subqueryStep: Int64 = 60_000
        /// How many values a query may hold at once.
        package var maximumSamples = 50_000_000

        package init() {}
    }

    let source: any SeriesSource
    let options: Options
    /// Asked from time to time; a true answer ends the evaluation with `CancellationError`.
    let isCancelled: @Sendable () -> Bool

    package init(
        source: any SeriesSource, options: Options = Options(), isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.source = source
        self.options = options
        self.isCancelled = isCancelled
    }

    /// The value at one time (milliseconds since 1970).
    package func instant(_ query: Query, at time: Int64) throws -> QueryResult {
        let grid = Grid(start: time, step: 1, count: 1)
        let evaluation = Evaluation(self, query, start: time, end: time, step: 0)
        let value: QueryValue
        switch query.type {
        case .scalar: value = .scalar(try evaluation.scalar(query.expression, grid)[0], time: time)
        case .string: value = .string(evaluation.string(query.expression), time: time)
        case .matrix: value = .matrix(try evaluation.samples(query.expression, grid))
        case .vector:
            let series = try evaluation.finished(evaluation.series(query.expression, grid))
            value = .vector(series.map { InstantSample(labels: $0.labels, time: time, value: $0.values[0]) })
        }
        return evaluation.result(value)
    }

    /// Values from `start` to `end` (milliseconds since 1970, both included), `step` milliseconds apart, sorted by labels.
    package func range(_ query: Query, from start: Int64, to end: Int64, step: Int64) throws -> QueryResult {
        guard step > 0, end >= start else {
            throw PromQLProblem.evaluation("end timestamp must not be before start time")
        }
        let grid = Grid(start: start, step: step, count: Int((end - start) / step) + 1)
        let evaluation = Evaluation(self, query, start: start, end: end, step: step)
        let series: [StepSeries]
        switch query.type {
        case .scalar:
            series = [
                StepSeries(labels: .empty, dropsName: false, values: try evaluation.scalar(query.expression, grid))
            ]
        case .vector: series = try evaluation.finished(evaluation.series(query.expression, grid))
        case .matrix, .string:
            throw PromQLProblem.evaluation(
                "invalid expression type \(Quoting.quote(query.type.documented)) for range query, must be Scalar or instant Vector"
            )
        }
        let matrix = series.map { $0.samples(grid) }.sorted { $0.labels < $1.labels }
        return evaluation.result(.matrix(matrix))
    }
}

/// The times at which an expression is evaluated.
struct Grid {
    let start: Int64
    let step: Int64
    let count: Int

    func time(_ index: Int) -> Int64 { start + Int64(index) * step }
    var end: Int64 { time(count - 1) }
}

/// One series of an intermediate result: a value for each step, `Double.absent` where it has none.
struct StepSeries {
    var labels: LabelSet
    /// The metric's name is to go, but only at the end, so that `label_replace` can still see it.
    var dropsName: Bool
    var values: [Double]

    func samples(_ grid: Grid) -> SampleSeries {
        var result = SampleSeries(labels: labels, times: [], values: [])
        for (index, value) in values.enumerated() where !value.isAbsent {
            result.times.append(grid.time(index))
            result.values.append(value)
        }
        return result
    }
}
