/// Types and the rules about which parts may stand together.
extension Parser {
    func checked(_ call: Call) throws(PromQLProblem) -> Call {
        let (least, most) = call.function.arity
        let count = call.arguments.count
        let name = Quoting.quote(call.function.name)
        if count < least {
            let phrase = most == least ? "" : "at least "
            throw error("expected \(phrase)\(least) argument(s) in call to \(name), got \(count)", call.span)
        }
        if let most, count > most {
            let phrase = most == least ? "" : "at most "
            throw error("expected \(phrase)\(most) argument(s) in call to \(name), got \(count)", call.span)
        }
        for (index, argument) in call.arguments.enumerated() {
            try expect(call.function.argumentType(index), argument, in: "call to function \(name)")
        }
        return call
    }

    func checked(_ aggregation: Aggregation) throws(PromQLProblem) -> Aggregation {
        try expect(.vector, aggregation.inner, in: "aggregation expression")
        if let parameter = aggregation.parameter {
            let type = aggregation.op == .countValues ? ValueType.string : .scalar
            try expect(type, parameter, in: "aggregation parameter")
        }
        return aggregation
    }

    func checked(_ operation: BinaryOperation, _ opSpan: Range<Int>) throws(PromQLProblem) -> BinaryOperation {
        var operation = operation
        let (left, right) = (operation.left.type, operation.right.type)
        let op = operation.op
        let span = operation.left.span.lowerBound..<operation.right.span.upperBound
        if operation.returnsBool && !op.isComparison {
            throw error("bool modifier can only be used on comparison operators", span)
        }
        if op.isComparison && !operation.returnsBool && left == .scalar && right == .scalar {
            throw error("comparisons between scalars must use BOOL modifier", span)
        }
        if op.isSet, let matching = operation.matching, matching.cardinality != .oneToOne {
            throw error("no grouping allowed for \(Quoting.quote(op.rawValue)) operation", span)
        }
        if let matching = operation.matching, matching.on {
            for name in matching.include where matching.labels.contains(Array(name.utf8)[...]) {
                throw error("label \(Quoting.quote(name)) must not occur in ON and GROUP clause at once", span)
            }
        }
        for side in [operation.left, operation.right] where side.type != .scalar && side.type != .vector {
            throw error("binary expression must contain only scalar and instant vector types", side.span)
        }
        if left == .vector && right == .vector {
            var matching = operation.matching ?? VectorMatching()
            if op.isSet { matching.cardinality = .manyToMany }
            operation.matching = matching
        } else {
            if op.isSet {
                throw error("set operator \(Quoting.quote(op.rawValue)) not allowed in binary scalar expression", span)
            }
            if operation.matching != nil { throw error("vector matching only allowed between instant vectors", span) }
        }
        return operation
    }

    private func expect(_ type: ValueType, _ expression: Expression, in context: String) throws(PromQLProblem) {
        if expression.type != type {
            throw error(
                "expected type \(type.documented) in \(context), got \(expression.type.documented)", expression.span)
        }
    }
}

extension Aggregation.Operator {
    var needsParameter: Bool {
        switch self {
        case .topk, .bottomk, .quantile, .countValues, .limitk, .limitRatio: true
        case .sum, .avg, .count, .min, .max, .group, .stddev, .stdvar: false
        }
    }
}
