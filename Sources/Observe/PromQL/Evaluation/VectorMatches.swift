/// Arithmetic and comparison between two vectors.
extension Evaluation {
    func streamMatches(
        _ operation: BinaryOperation, _ matching: VectorMatching, _ grid: Grid, _ emit: Emit
    ) throws {
        let left = try series(operation.left, grid)
        let right = try series(operation.right, grid)
        let swapped = matching.cardinality == .oneToMany
        let (many, one) = swapped ? (right, left) : (left, right)
        var groups: [LabelSet: [Int]] = [:]
        for index in one.indices { groups[matching.signature(one[index].labels), default: []].append(index) }
        try rejectDuplicates(groups, one, many, matching, swapped, grid)

        var uniqueness = Uniqueness(cardinality: matching.cardinality, steps: grid.count)
        let op = operation.op
        let drops = !op.isComparison
        for series in many {
            let signature = matching.signature(series.labels)
            for index in groups[signature] ?? [] {
                let other = one[index]
                var found = false
                let result = [Double](unsafeUninitializedCapacity: grid.count) { output, initialized in
                    for step in 0..<grid.count {
                        let (l, r) =
                            swapped
                            ? (other.values[step], series.values[step]) : (series.values[step], other.values[step])
                        output[step] = op.element(l, r, kept: l, returnsBool: operation.returnsBool)
                        if !output[step].isAbsent { found = true }
                    }
                    initialized = grid.count
                }
                guard found else { continue }
                let labels = matching.resultLabels(series.labels, other.labels, dropsMetadata: drops)
                try uniqueness.claim(signature, labels, result)
                try hold(result.count)
                try emit(labels, operation.returnsBool, result)
            }
        }
    }

    /// The "one" side may have one series for each signature at each step.
    private func rejectDuplicates(
        _ groups: [LabelSet: [Int]], _ one: [StepSeries], _ many: [StepSeries], _ matching: VectorMatching,
        _ swapped: Bool,
        _ grid: Grid
    ) throws {
        for (_, members) in groups where members.count > 1 {
            for step in 0..<grid.count {
                let present = members.filter { !one[$0].values[step].isAbsent }
                guard present.count > 1, many.contains(where: { !$0.values[step].isAbsent }) else { continue }
                let pair = present.prefix(2).map { one[$0].labels }.sorted()
                let group = matching.on ? pair[0].keeping(matching.labels) : matching.signature(pair[0])
                throw PromQLProblem.evaluation(
                    "found duplicate series for the match group \(group) on the \(swapped ? "left" : "right") hand-side of the "
                        + "operation: [\(pair[0]), \(pair[1])];many-to-many matching not allowed: matching labels must be unique on one side"
                )
            }
        }
    }
}

/// Watches that each match yields one result at each step.
private struct Uniqueness {
    private struct Key: Hashable {
        let signature: LabelSet
        let labels: LabelSet?
    }

    let cardinality: VectorMatching.Cardinality
    let steps: Int
    private var first: [Key: [Double]] = [:]
    private var taken: [Key: [Bool]] = [:]

    init(cardinality: VectorMatching.Cardinality, steps: Int) {
        self.cardinality = cardinality
        self.steps = steps
    }

    mutating func claim(_ signature: LabelSet, _ labels: LabelSet, _ values: [Double]) throws {
        let oneToOne = cardinality == .oneToOne
        let key = Key(signature: signature, labels: oneToOne ? nil : labels)
        guard let before = first.updateValue(values, forKey: key) else { return }
        var claimed = taken[key] ?? before.map { !$0.isAbsent }
        for (step, value) in values.enumerated() where !value.isAbsent {
            if claimed[step] {
                throw PromQLProblem.evaluation(
                    oneToOne
                        ? "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
                        : "multiple matches for labels: grouping labels must ensure unique matches")
            }
            claimed[step] = true
        }
        taken[key] = claimed
    }
}
