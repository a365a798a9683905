/// The evaluation of one query.
///
/// Vectors flow as streams of series: a node hands each series on as soon as it has it, so that an aggregation over many
/// series holds only its groups. Nodes that need all of their input collect it.
final class Evaluation {
    typealias Emit = (_ labels: LabelSet, _ dropsName: Bool, _ values: [Double]) throws -> Void

    let source: any SeriesSource
    let options: QueryEvaluator.Options
    let isCancelled: @Sendable () -> Bool
    /// The whole query's bounds and step, whatever grid a subquery is on.
    let start: Int64
    let end: Int64
    let step: Int64
    let query: String
    var annotations = Annotations()
    private var held = 0

    init(_ evaluator: QueryEvaluator, _ query: Query, start: Int64, end: Int64, step: Int64) {
        source = evaluator.source
        options = evaluator.options
        isCancelled = evaluator.isCancelled
        self.query = query.text
        self.start = start
        self.end = end
        self.step = step
    }

    func result(_ value: QueryValue) -> QueryResult {
        QueryResult(value: value, warnings: annotations.warnings, infos: annotations.infos)
    }

    /// Counts values that stay in memory.
    func hold(_ count: Int) throws {
        held += count
        if held > options.maximumSamples { throw PromQLProblem.tooManySamples(options.maximumSamples) }
        if isCancelled() { throw CancellationError() }
    }

    /// All series of a vector expression.
    func series(_ expression: Expression, _ grid: Grid) throws -> [StepSeries] {
        var all: [StepSeries] = []
        try stream(expression, grid) { labels, dropsName, values in
            try hold(values.count)
            all.append(StepSeries(labels: labels, dropsName: dropsName, values: values))
        }
        return all
    }

    /// Hands each series of a vector expression that has a value at any step to `emit`.
    func stream(_ expression: Expression, _ grid: Grid, _ emit: Emit) throws {
        switch expression {
        case .parentheses(let inner, _): try stream(inner, grid, emit)
        case .selector(let selector): try stream(selector, grid, emit)
        case .unary(let negates, let inner, _):
            if !negates { return try stream(inner, grid, emit) }
            try stream(inner, grid) { labels, _, values in try emit(labels, true, values.map { $0.isAbsent ? $0 : -$0 })
            }
        case .call(let call): try stream(call, grid, emit)
        case .aggregation(let aggregation): try stream(aggregation, grid, emit)
        case .binary(let operation): try stream(operation, grid, emit)
        case .number, .string, .range, .subquery:
            throw PromQLProblem.evaluation("expected an instant vector, got a \(expression.type.documented)")
        }
    }

    /// A scalar expression's value at every step.
    func scalar(_ expression: Expression, _ grid: Grid) throws -> [Double] {
        switch expression {
        case .number(let value, _): return Array(repeating: value, count: grid.count)
        case .parentheses(let inner, _): return try scalar(inner, grid)
        case .unary(let negates, let inner, _):
            let values = try scalar(inner, grid)
            return negates ? values.map { -$0 } : values
        case .binary(let operation):
            let right = try scalar(operation.right, grid)
            return zip(try scalar(operation.left, grid), right).map { operation.op.scalar($0, $1) }
        case .call(let call): return try scalar(call, grid)
        case .string, .selector, .range, .subquery, .aggregation:
            throw PromQLProblem.evaluation("expected a scalar, got a \(expression.type.documented)")
        }
    }

    func string(_ expression: Expression) -> String {
        if case .string(let text, _) = expression.bare { return text }
        return ""
    }

    /// The final form of a vector: names dropped where they are to be, series of the same labels joined.
    func finished(_ series: [StepSeries]) throws -> [StepSeries] {
        try merged(
            series.map { one in
                guard one.dropsName else { return one }
                return StepSeries(labels: one.labels.dropping(LabelName.metadata), dropsName: false, values: one.values)
            })
    }

    /// Joins series of the same labels; an error where two have a value at the same step.
    func merged(_ series: [StepSeries]) throws -> [StepSeries] {
        var places: [LabelSet: Int] = [:]
        places.reserveCapacity(series.count)
        var result: [StepSeries] = []
        result.reserveCapacity(series.count)
        for one in series {
            guard let place = places[one.labels] else {
                places[one.labels] = result.count
                result.append(one)
                continue
            }
            for (index, value) in one.values.enumerated() where !value.isAbsent {
                if !result[place].values[index].isAbsent {
                    throw PromQLProblem.evaluation("vector cannot contain metrics with the same labelset")
                }
                result[place].values[index] = value
            }
        }
        return result
    }
}
