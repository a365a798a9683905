import Glibc

extension BinaryOperator {
    /// The result of an arithmetic operator; 0 or 1 of a comparison.
    @inline(__always)
    func scalar(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        case .atan2: Glibc.atan2(left, right)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: holds(left, right) ? 1 : 0
        case .and, .or, .unless: .absent
        }
    }

    @inline(__always)
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }

    /// What stands in the result for two values: `absent` where a filter rejects them.
    @inline(__always)
    func element(_ left: Double, _ right: Double, kept: Double, returnsBool: Bool) -> Double {
        if left.isAbsent || right.isAbsent { return .absent }
        if isComparison && !returnsBool { return holds(left, right) ? kept : .absent }
        return scalar(left, right)
    }
}

extension Evaluation {
    func stream(_ operation: BinaryOperation, _ grid: Grid, _ emit: Emit) throws {
        let leftIsScalar = operation.left.type == .scalar
        if leftIsScalar || operation.right.type == .scalar {
            let scalars = try scalar(leftIsScalar ? operation.left : operation.right, grid)
            try streamScalar(operation, scalars, leftIsScalar, grid, emit)
        } else if operation.op.isSet {
            try streamSet(operation, operation.matching ?? VectorMatching(), grid, emit)
        } else {
            try streamMatches(operation, operation.matching ?? VectorMatching(), grid, emit)
        }
    }

    private func streamScalar(
        _ operation: BinaryOperation, _ scalars: [Double], _ leftIsScalar: Bool, _ grid: Grid, _ emit: Emit
    ) throws {
        let op = operation.op
        let drops = !op.isComparison || operation.returnsBool
        try stream(leftIsScalar ? operation.right : operation.left, grid) { labels, dropsName, values in
            var result = values
            var found = false
            for index in result.indices where !values[index].isAbsent {
                let (left, right) = leftIsScalar ? (scalars[index], values[index]) : (values[index], scalars[index])
                result[index] = op.element(left, right, kept: values[index], returnsBool: operation.returnsBool)
                if !result[index].isAbsent { found = true }
            }
            if found { try emit(labels, dropsName || drops, result) }
        }
    }

    private func streamSet(
        _ operation: BinaryOperation, _ matching: VectorMatching, _ grid: Grid, _ emit: Emit
    ) throws {
        let keeper = operation.op == .or ? operation.left : operation.right
        let other = operation.op == .or ? operation.right : operation.left
        var present: [LabelSet: [Bool]] = [:]
        try stream(keeper, grid) { labels, dropsName, values in
            let key = matching.signature(labels)
            var steps = present[key] ?? Array(repeating: false, count: grid.count)
            for (index, value) in values.enumerated() where !value.isAbsent { steps[index] = true }
            present[key] = steps
            if operation.op == .or { try emit(labels, dropsName, values) }
        }
        let wanted = operation.op == .and
        try stream(other, grid) { labels, dropsName, values in
            guard let steps = present[matching.signature(labels)] else {
                if !wanted { try emit(labels, dropsName, values) }
                return
            }
            var result = values
            for index in result.indices where steps[index] != wanted { result[index] = .absent }
            if result.contains(where: { !$0.isAbsent }) { try emit(labels, dropsName, result) }
        }
    }
}

extension VectorMatching {
    /// The labels by which series find each other.
    func signature(_ labels: LabelSet) -> LabelSet {
        on ? labels.keeping(self.labels) : labels.dropping(Self.ignored.union(self.labels))
    }

    private static let ignored = LabelNames([LabelName.metric])

    /// The labels of the result of two matched series.
    func resultLabels(_ many: LabelSet, _ one: LabelSet, dropsMetadata: Bool) -> LabelSet {
        var labels = dropsMetadata ? many.dropping(LabelName.metadata) : many
        if cardinality == .oneToOne { labels = on ? labels.keeping(self.labels) : labels.dropping(self.labels) }
        for name in include { labels = labels.setting(name, one[name] ?? "") }
        return labels
    }
}
