/// Aggregations.
extension Evaluation {
    func stream(_ aggregation: Aggregation, _ grid: Grid, _ emit: Emit) throws {
        switch aggregation.op {
        case .sum: try accumulate(SumAccumulator.self, aggregation, grid, emit)
        case .avg: try accumulate(MeanAccumulator.self, aggregation, grid, emit)
        case .count: try accumulate(CountAccumulator.self, aggregation, grid, emit)
        case .group: try accumulate(GroupAccumulator.self, aggregation, grid, emit)
        case .min: try accumulate(LeastAccumulator.self, aggregation, grid, emit)
        case .max: try accumulate(GreatestAccumulator.self, aggregation, grid, emit)
        case .stdvar: try accumulate(VarianceAccumulator.self, aggregation, grid, emit)
        case .stddev:
            try accumulate(VarianceAccumulator.self, aggregation, grid) { labels, dropsName, values in
                try emit(labels, dropsName, values.map { $0.isAbsent ? $0 : $0.squareRoot() })
            }
        case .quantile: try quantile(aggregation, grid, emit)
        case .topk, .bottomk, .limitk: try select(aggregation, grid, emit)
        case .countValues: try countValues(aggregation, grid, emit)
        case .limitRatio:
            if let parameter = aggregation.parameter, try scalar(parameter, grid).contains(where: \.isNaN) {
                throw PromQLProblem.evaluation("Ratio value is NaN")
            }
            throw PromQLProblem.unsupported("limit_ratio")
        }
    }

    private func accumulate<A: Accumulator>(
        _: A.Type, _ aggregation: Aggregation, _ grid: Grid, _ emit: Emit
    ) throws {
        var places: [LabelSet: Int] = [:]
        var groups: [(labels: LabelSet, dropsName: Bool, accumulator: A)] = []
        try stream(aggregation.inner, grid) { labels, dropsName, values in
            let key = aggregation.groupLabels(labels)
            let place: Int
            if let known = places[key] {
                place = known
            } else {
                place = groups.count
                places[key] = place
                try hold(grid.count)
                groups.append((key, dropsName, A(steps: grid.count)))
            }
            groups[place].accumulator.add(values)
        }
        for group in groups { try emit(group.labels, group.dropsName, group.accumulator.finish()) }
    }

    /// The series of each group, in the order in which they came.
    private func grouped(_ aggregation: Aggregation, _ grid: Grid) throws -> [(labels: LabelSet, members: [StepSeries])]
    {
        var places: [LabelSet: Int] = [:]
        var groups: [(labels: LabelSet, members: [StepSeries])] = []
        for one in try series(aggregation.inner, grid) {
            let key = aggregation.groupLabels(one.labels)
            if let place = places[key] {
                groups[place].members.append(one)
            } else {
                places[key] = groups.count
                groups.append((key, [one]))
            }
        }
        return groups
    }

    private func quantile(_ aggregation: Aggregation, _ grid: Grid, _ emit: Emit) throws {
        let ranks = try parameter(aggregation, grid)
        for rank in ranks { checkRank(rank, aggregation.parameter?.span) }
        for group in try grouped(aggregation, grid) {
            let result = (0..<grid.count).map { step in
                var values = group.members.map { $0.values[step] }.filter { !$0.isAbsent }
                return values.isEmpty ? Double.absent : Quantile.of(&values, ranks[step])
            }
            try emit(group.labels, group.members[0].dropsName, result)
        }
    }

    /// topk, bottomk, limitk: the chosen series of each group keep their labels and their values at the chosen steps.
    private func select(_ aggregation: Aggregation, _ grid: Grid, _ emit: Emit) throws {
        let limits = try parameter(aggregation, grid)
        if limits.contains(where: \.isNaN) { throw PromQLProblem.evaluation("Parameter value is NaN") }
        if limits.allSatisfy({ $0 < 1 }) { return }
        for group in try grouped(aggregation, grid) {
            var results = group.members.map { _ in [Double]() }
            var order = Array(group.members.indices)
            for step in 0..<grid.count {
                let limit = Int(min(max(limits[step], 0), Double(Int32.max)))
                order = group.members.indices.filter { !group.members[$0].values[step].isAbsent }
                if aggregation.op != .limitk {
                    let ascending = aggregation.op == .bottomk
                    order.sort {
                        Self.isBefore(
                            group.members[$0].values[step], group.members[$1].values[step], ascending, $0 < $1)
                    }
                }
                order = Array(order.prefix(limit))
                for index in order {
                    if results[index].isEmpty { results[index] = Array(repeating: .absent, count: grid.count) }
                    results[index][step] = group.members[index].values[step]
                }
            }
            // With one step the order is that of the choice; with more it is that of the input.
            for index in grid.count == 1 ? order : Array(group.members.indices) where !results[index].isEmpty {
                try emit(group.members[index].labels, group.members[index].dropsName, results[index])
            }
        }
    }

    /// NaN comes last either way; of equal values the one that was first stays first.
    static func isBefore(_ left: Double, _ right: Double, _ ascending: Bool, _ otherwise: Bool) -> Bool {
        if left.isNaN || right.isNaN { return left.isNaN == right.isNaN ? otherwise : right.isNaN }
        if left == right { return otherwise }
        return ascending ? left < right : left > right
    }

    private func countValues(_ aggregation: Aggregation, _ grid: Grid, _ emit: Emit) throws {
        let name = aggregation.parameter.map { string($0) } ?? ""
        guard !name.isEmpty else { throw PromQLProblem.evaluation("invalid label name \(Quoting.quote(name))") }
        var groups: [LabelSet: [Double]] = [:]
        try stream(aggregation.inner, grid) { labels, _, values in
            let key = aggregation.groupLabels(labels)
            for (step, value) in values.enumerated() where !value.isAbsent {
                let group = key.setting(name, NumberText.plain(value))
                if groups[group] == nil {
                    try hold(grid.count)
                    groups[group] = Array(repeating: .absent, count: grid.count)
                }
                let count = groups[group]?[step] ?? .absent
                groups[group]?[step] = count.isAbsent ? 1 : count + 1
            }
        }
        for (labels, counts) in groups.sorted(by: { $0.key < $1.key }) { try emit(labels, false, counts) }
    }

    private func parameter(_ aggregation: Aggregation, _ grid: Grid) throws -> [Double] {
        guard let parameter = aggregation.parameter else { return Array(repeating: 0, count: grid.count) }
        return try scalar(parameter, grid)
    }

    func checkRank(_ rank: Double, _ span: Range<Int>?) {
        if rank.isNaN || rank < 0 || rank > 1 {
            annotations.warn("quantile value should be between 0 and 1, got \(NumberText.plain(rank))\(place(span))")
        }
    }

    /// ` (line:column)` of a part of the query.
    func place(_ span: Range<Int>?) -> String {
        span.map { " (\(Position($0.lowerBound, in: query)))" } ?? ""
    }
}

extension Aggregation {
    private static let name = LabelNames([LabelName.metric])

    /// The labels of the group that a series belongs to.
    func groupLabels(_ labels: LabelSet) -> LabelSet {
        if without { return labels.dropping(Self.name.union(grouping)) }
        return grouping.names.isEmpty ? .empty : labels.keeping(grouping)
    }
}
