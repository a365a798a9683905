import Foundation
import PromQL

/// Runs the cases of a file and counts.
struct CaseRunner {
    private(set) var passed = 0
    private(set) var skipped = 0
    private(set) var failures: [String] = []
    private var source = MemorySeries()
    private var nativeNames: Set<String> = []

    mutating func run(_ file: CaseFile) {
        failures += file.unreadable.map { "\($0): cannot be read" }
        for step in file.steps {
            switch step {
            case .clear:
                source = MemorySeries()
                nativeNames = []
            case .load(let all):
                for one in all {
                    if one.isNative { nativeNames.insert(one.labels.metricName) }
                    for (index, value) in one.values.enumerated() {
                        if let value { source.add(one.labels, Int64(index) * one.step, value) }
                    }
                }
            case .evaluate(let one):
                if needsNative(one) {
                    skipped += 1
                } else if let failure = outcome(one) {
                    failures.append("\(one.line): \(one.expression): \(failure)")
                } else {
                    passed += 1
                }
            }
        }
    }

    /// Whether the answer depends on native histograms.
    private func needsNative(_ one: Case) -> Bool {
        if one.mentionsNative { return true }
        if nativeNames.isEmpty { return false }
        if one.expression.contains("__name__") { return true }
        if one.expression.range(of: #"(^|[^A-Za-z0-9_:"\s])\s*\{"#, options: .regularExpression) != nil { return true }
        let words = one.expression.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":") }
        return words.contains { nativeNames.contains(String($0)) }
    }

    private func outcome(_ one: Case) -> String? {
        let evaluator = QueryEvaluator(source: source)
        let result: QueryResult
        var text: Case.Text??
        for case .fail(let wanted) in one.expectations { text = .some(wanted) }
        do {
            let query = try Query(one.expression)
            switch one.time {
            case .instant(let time): result = try evaluator.instant(query, at: time)
            case .range(let from, let to, let step): result = try evaluator.range(query, from: from, to: to, step: step)
            }
        } catch {
            guard let text else { return "failed: \(error)" }
            let message = (error as? PromQLProblem)?.message ?? "\(error)"
            return text.map { $0.accepts(message) } ?? true ? nil : "failed with the wrong message: \(message)"
        }
        if text != nil { return "did not fail" }
        if let failure = annotations(one, result) { return failure }
        if let failure = compare(one, result.value) { return failure }
        return asRange(one, evaluator)
    }

    private func annotations(_ one: Case, _ result: QueryResult) -> String? {
        for expectation in one.expectations {
            switch expectation {
            case .warn(let text):
                if !result.warnings.contains(where: { text?.accepts($0) ?? true }) {
                    return "lacks a warning: \(result.warnings)"
                }
            case .info(let text):
                if !result.infos.contains(where: { text?.accepts($0) ?? true }) {
                    return "lacks an info: \(result.infos)"
                }
            case .noWarn: if !result.warnings.isEmpty { return "warns: \(result.warnings)" }
            case .noInfo: if !result.infos.isEmpty { return "informs: \(result.infos)" }
            case .fail, .ordered, .string, .rangeVector: break
            }
        }
        return nil
    }

    private func compare(_ one: Case, _ value: QueryValue) -> String? {
        switch value {
        case .string(let text, _):
            for case .string(let wanted) in one.expectations where wanted == text { return nil }
            return "is the string \(text)"
        case .scalar(let number, _):
            guard let wanted = one.scalar else { return "is a scalar" }
            return Self.equal(number, wanted) ? nil : "is \(number), expected \(wanted)"
        case .vector(let samples):
            if one.scalar != nil { return "is a vector" }
            let wanted = one.series.map { (labels: $0.labels, value: $0.values.first ?? nil) }
            let isOrdered = one.expectations.contains { if case .ordered = $0 { true } else { false } }
            if samples.count != wanted.count {
                return "has \(samples.count) series, expected \(wanted.count): \(samples.map(\.labels))"
            }
            for (index, sample) in samples.enumerated() {
                guard let place = wanted.firstIndex(where: { $0.labels == sample.labels }) else {
                    return "has unexpected \(sample.labels) \(sample.value)"
                }
                if isOrdered && place != index { return "has \(sample.labels) at \(index)" }
                guard let number = wanted[place].value, Self.equal(sample.value, number) else {
                    return
                        "has \(sample.value) for \(sample.labels), expected \(String(describing: wanted[place].value))"
                }
            }
            return nil
        case .matrix(let all):
            return compare(one, all)
        }
    }

    private func compare(_ one: Case, _ all: [SampleSeries]) -> String? {
        var grid: (from: Int64, step: Int64)?
        if case .range(let from, _, let step) = one.time { grid = (from, step) }
        for case .rangeVector(let from, _, let step) in one.expectations { grid = (from, step) }
        guard let grid else { return "is a range vector" }
        let wanted = one.series.filter { $0.values.contains { $0 != nil } }
        if all.count != wanted.count { return "has \(all.count) series, expected \(wanted.count)" }
        for series in all {
            guard let expected = wanted.first(where: { $0.labels == series.labels }) else {
                return "has unexpected \(series.labels)"
            }
            var numbers: [Int64: Double] = [:]
            for (index, value) in expected.values.enumerated() { numbers[grid.from + Int64(index) * grid.step] = value }
            if numbers.count != series.times.count { return "has \(series.values) for \(series.labels)" }
            for (time, value) in zip(series.times, series.values) {
                guard let number = numbers[time], Self.equal(value, number) else {
                    return "has \(value) at \(time) for \(series.labels)"
                }
            }
        }
        return nil
    }

    /// An instant query's answer must also be what a range query has at that time.
    private func asRange(_ one: Case, _ evaluator: QueryEvaluator) -> String? {
        guard case .instant(let time) = one.time, let query = try? Query(one.expression), query.type == .vector else {
            return nil
        }
        if ["start()", "end()", "range()", "step()"].contains(where: one.expression.contains) { return nil }
        do {
            let result = try evaluator.range(query, from: time - 60_000, to: time + 60_000, step: 60_000)
            guard case .matrix(let all) = result.value else { return "is not a matrix as a range query" }
            let samples = all.compactMap { series -> InstantSample? in
                guard let index = series.times.firstIndex(of: time) else { return nil }
                return InstantSample(labels: series.labels, time: time, value: series.values[index])
            }
            var unordered = one
            unordered.removeOrder()
            return compare(unordered, .vector(samples)).map { "as a range query " + $0 }
        } catch {
            // At the times around it the same query may be an error of its own.
            return nil
        }
    }

    static func equal(_ left: Double, _ right: Double) -> Bool {
        if left.isNaN && right.isNaN { return true }
        if left == right { return true }
        return (left - right).magnitude <= 1e-6 * (left.magnitude + right.magnitude)
    }
}

extension Case {
    mutating func removeOrder() {
        expectations.removeAll { if case .ordered = $0 { true } else { false } }
    }
}
