/// The times that a selector refers to, for each step of a grid.
struct ReferenceTimes {
    let grid: Grid
    let anchor: Int64?
    let offset: Int64

    init(_ grid: Grid, _ shift: TimeShift, start: Int64, end: Int64) {
        self.grid = grid
        offset = shift.offset
        switch shift.anchor {
        case nil: anchor = nil
        case .time(let time): anchor = time
        case .start: anchor = start
        case .end: anchor = end
        }
    }

    subscript(_ index: Int) -> Int64 { (anchor ?? grid.time(index)) - offset }
    var first: Int64 { self[0] }
    var last: Int64 { self[grid.count - 1] }
}

/// Selectors: from stored samples to values at steps, and to windows of samples.
extension Evaluation {
    func stream(_ selector: VectorSelector, _ grid: Grid, _ emit: Emit) throws {
        try latest(selector, grid) { labels, values, _ in try emit(labels, false, values) }
    }

    /// The latest sample of each series at each step, with the sample's own time where wanted.
    func latest(
        _ selector: VectorSelector, _ grid: Grid, wantsTimes: Bool = false,
        _ emit: (LabelSet, [Double], [Double]) throws -> Void
    ) throws {
        let references = ReferenceTimes(grid, selector.shift, start: start, end: end)
        let lookback = options.lookback
        let from = references.first - lookback + 1
        try source.visit(selector.matchers, from: from, through: references.last) { labels, buffer in
            if isCancelled() { throw CancellationError() }
            var seconds = wantsTimes ? Array(repeating: Double.absent, count: grid.count) : []
            var found = false
            var cursor = 0
            let count = buffer.times.count
            let result = [Double](unsafeUninitializedCapacity: grid.count) { output, initialized in
                buffer.times.withUnsafeBufferPointer { times in
                    buffer.values.withUnsafeBufferPointer { values in
                        for step in 0..<grid.count {
                            let time = references[step]
                            while cursor < count, times[cursor] <= time { cursor += 1 }
                            var value = Double.absent
                            if cursor > 0, times[cursor - 1] > time - lookback { value = values[cursor - 1] }
                            output[step] = value
                            guard !value.isAbsent else { continue }
                            found = true
                            if wantsTimes { seconds[step] = Double(times[cursor - 1]) / 1000 }
                        }
                    }
                }
                initialized = grid.count
            }
            if found { try emit(labels, result, seconds) }
        }
    }

    /// The samples of every series of a range expression that any step's window may hold, without stale markers.
    ///
    /// `body` gets the labels, whether the name is to go, and the samples.
    func windows(
        _ expression: Expression, _ grid: Grid,
        _ body: (_ labels: LabelSet, _ dropsName: Bool, _ samples: inout SampleBuffer, _ windows: Windows) throws ->
            Void
    ) throws {
        switch expression.bare {
        case .range(let range):
            let references = ReferenceTimes(grid, range.selector.shift, start: start, end: end)
            let windows = Windows(references: references, range: range.range)
            let from = references.first - range.range + 1
            try source.visit(range.selector.matchers, from: from, through: references.last) { labels, buffer in
                if isCancelled() { throw CancellationError() }
                buffer.removeStaleMarkers()
                if !buffer.times.isEmpty { try body(labels, false, &buffer, windows) }
            }
        case .subquery(let subquery):
            let references = ReferenceTimes(grid, subquery.shift, start: start, end: end)
            let windows = Windows(references: references, range: subquery.range)
            let step = subquery.step ?? options.subqueryStep
            guard let inner = Grid(after: references.first - subquery.range, through: references.last, step: step)
            else {
                return
            }
            if inner.count > options.maximumSamples { throw PromQLProblem.tooManySamples(options.maximumSamples) }
            for one in try series(subquery.inner, inner) {
                let samples = one.samples(inner)
                var buffer = SampleBuffer(times: samples.times, values: samples.values)
                if !buffer.times.isEmpty { try body(one.labels, one.dropsName, &buffer, windows) }
            }
        default:
            throw PromQLProblem.evaluation("expected a range vector, got a \(expression.type.documented)")
        }
    }

    /// A range expression's samples at the only step of a grid, with their own times.
    func samples(_ expression: Expression, _ grid: Grid) throws -> [SampleSeries] {
        var all: [SampleSeries] = []
        try windows(expression, grid) { labels, dropsName, samples, windows in
            try hold(samples.times.count)
            let kept = samples.times.indices.filter {
                samples.times[$0] > windows.start(0) && samples.times[$0] <= windows.end(0)
            }
            all.append(
                SampleSeries(
                    labels: dropsName ? labels.dropping(LabelName.metadata) : labels,
                    times: kept.map { samples.times[$0] },
                    values: kept.map { samples.values[$0] }))
        }
        return all
    }
}

extension Grid {
    /// The multiples of `step` in the left-open interval; nil where there are none.
    init?(after: Int64, through: Int64, step: Int64) {
        var first = step * (after / step)
        if first <= after { first += step }
        guard first <= through else { return nil }
        self.init(start: first, step: step, count: Int((through - first) / step) + 1)
    }
}

/// The left-open intervals of time over which a range function works at each step.
struct Windows {
    let references: ReferenceTimes
    let range: Int64

    func start(_ step: Int) -> Int64 { references[step] - range }
    func end(_ step: Int) -> Int64 { references[step] }
}
