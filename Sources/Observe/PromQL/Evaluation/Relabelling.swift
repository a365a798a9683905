/// Functions about which series there are and what they are called.
extension Evaluation {
    func absence(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        var result = Array(repeating: 1.0, count: grid.count)
        let argument = call.arguments[0]
        if argument.type == .matrix {
            try streamWindows(argument, grid, keepsName: true, { _ in 1 }) { _, _, values in
                for (step, value) in values.enumerated() where !value.isAbsent { result[step] = .absent }
            }
        } else {
            try stream(argument, grid) { _, _, values in
                for (step, value) in values.enumerated() where !value.isAbsent { result[step] = .absent }
            }
        }
        if result.contains(where: { !$0.isAbsent }) { try emit(labelsOfAbsence(argument), false, result) }
    }

    /// The labels that the missing series would have had, as far as the selector names them once and exactly.
    private func labelsOfAbsence(_ argument: Expression) -> LabelSet {
        let matchers: [LabelMatcher]
        switch argument.bare {
        case .selector(let selector): matchers = selector.matchers
        case .range(let range): matchers = range.selector.matchers
        default: return .empty
        }
        var builder = LabelSetBuilder()
        var seen: Set<String> = ["__name__"]
        for matcher in matchers where matcher.name != "__name__" {
            let isFirst = seen.insert(matcher.name).inserted
            builder.set(matcher.name, isFirst && matcher.comparison == .equal ? matcher.value : "")
        }
        return builder.build()
    }

    func relabelled(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        let texts = call.arguments.dropFirst().map { string($0) }
        let target = texts[0]
        if target.isEmpty {
            throw PromQLProblem.evaluation("invalid destination label name in \(call.function.name)(): \(target)")
        }
        let change: (LabelSet) -> String?
        if call.function.name == "label_replace" {
            let pattern: Pattern
            do {
                pattern = try Pattern(texts[3])
            } catch {
                throw PromQLProblem.evaluation("invalid regular expression in label_replace(): \(texts[3])")
            }
            change = { labels in pattern.groups(in: labels[texts[2]] ?? "").map { pattern.expand(texts[1], $0) } }
        } else {
            change = { labels in texts.dropFirst(2).map { labels[$0] ?? "" }.joined(separator: texts[1]) }
        }
        let changed = try series(call.arguments[0], grid).map { one in
            guard let value = change(one.labels) else { return one }
            return StepSeries(
                labels: one.labels.setting(target, value), dropsName: one.dropsName && target != "__name__",
                values: one.values)
        }
        for one in try merged(changed) { try emit(one.labels, one.dropsName, one.values) }
    }

    /// Sorts an instant vector; a range query's answer has an order of its own.
    func sorted(_ call: Call, _ grid: Grid, _ emit: Emit) throws {
        var all = try series(call.arguments[0], grid)
        let descends = call.function.name.hasSuffix("_desc")
        if call.function.name.hasPrefix("sort_by_label") {
            let names = call.arguments.dropFirst().map { string($0) }
            all.sort { left, right in
                for name in names {
                    let (one, other) = (left.labels[name] ?? "", right.labels[name] ?? "")
                    if one != other { return NaturalOrder.precedes(one, other) != descends }
                }
                return (left.labels < right.labels) != descends
            }
        } else if grid.count == 1 {
            let order = all.indices.sorted {
                Self.isBefore(all[$0].values[0], all[$1].values[0], !descends, $0 < $1)
            }
            all = order.map { all[$0] }
        }
        for one in all { try emit(one.labels, one.dropsName, one.values) }
    }
}

/// An order in which `node9` stands before `node10`.
enum NaturalOrder {
    static func precedes(_ left: String, _ right: String) -> Bool {
        var one = Array(left.utf8)[...]
        var other = Array(right.utf8)[...]
        while let mine = one.first, let its = other.first {
            if mine >= 0x30, mine <= 0x39, its >= 0x30, its <= 0x39 {
                let (a, b) = (number(&one), number(&other))
                if a.count != b.count { return a.count < b.count }
                if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
            } else {
                if mine != its { return mine < its }
                one = one.dropFirst()
                other = other.dropFirst()
            }
        }
        return one.isEmpty && !other.isEmpty
    }

    private static func number(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = text.prefix { $0 >= 0x30 && $0 <= 0x39 }
        text = text.dropFirst(digits.count)
        return digits.drop { $0 == 0x30 }
    }
}
