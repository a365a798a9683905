import Problems
import Syntax

/// Reads the mapping behind `canary:`.
struct CanaryReading {
    let file: DeliveryFileReading

    func plan(_ reader: YAMLReader) -> CanaryPlan {
        var plan = CanaryPlan(steps: steps(reader))
        if let step = reader.reader("step") {
            if let seconds = seconds(step, "at_least") { plan.atLeast = seconds }
            if let seconds = seconds(step, "at_most") { plan.atMost = seconds }
            step.checkKeys()
            if plan.atMost < plan.atLeast {
                step.report(
                    "releases.file.step", "\"at_most\" is shorter than \"at_least\"", at: step.node.location,
                    remedy: "A step lasts at_least that long and waits for traffic until at_most.")
            }
        }
        if let items = reader.list("judge") { plan.rules = items.compactMap { rule($0, reader) } }
        if plan.rules.isEmpty {
            reader.report(
                "releases.file.no-judge", "a canary needs somebody to judge it", at: reader.node.location,
                remedy:
                    "Leave \"judge\" out for errors and latency, or name at least one of: errors, latency, logs, counter, query."
            )
        }
        plan.watchAfter = seconds(reader, "watch_after")
        if let text = reader.string("when_quiet"), let node = reader.value("when_quiet") {
            if let policy = CanaryPlan.QuietPolicy(rawValue: text) {
                plan.whenQuiet = policy
            } else {
                reader.report(
                    "releases.file.when-quiet", "\"\(text)\" is not a way to treat a canary without traffic",
                    at: node.location,
                    remedy: Suggestion.remedy(for: text, in: CanaryPlan.QuietPolicy.allCases.map(\.rawValue)))
            }
        }
        reader.checkKeys()
        return plan
    }

    private func steps(_ reader: YAMLReader) -> [Percent] {
        guard let items = reader.list("steps") else {
            if reader.value("steps") == nil { reader.missing("steps") }
            return []
        }
        var steps: [Percent] = []
        for item in items {
            guard case .scalar(let scalar) = item, let step = Percent(text: scalar.text), step.value > 0,
                step.value < 100
            else {
                reader.report(
                    "releases.file.percent", "a step is a share of the traffic above 0% and below 100%",
                    at: item.location,
                    remedy: "Write it with its sign, such as 5%. All of the traffic comes with the promotion.")
                continue
            }
            if let last = steps.last, step <= last {
                reader.report(
                    "releases.file.steps", "the step \(step) does not rise above \(last)", at: item.location,
                    remedy: "Order the steps from the smallest share to the largest.")
            }
            steps.append(step)
        }
        if items.isEmpty { reader.missing("steps") }
        return steps
    }

    private func rule(_ item: YAMLNode, _ parent: YAMLReader) -> JudgeRule? {
        switch item {
        case .scalar(let scalar):
            switch scalar.text {
            case "errors": return .errors(ErrorRule())
            case "latency": return .latency(LatencyRule())
            case "logs": return .logs
            default:
                parent.report(
                    "releases.file.judge", "there is no judge called \"\(scalar.text)\"", at: scalar.location,
                    remedy: Suggestion.remedy(for: scalar.text, in: ["errors", "latency", "logs", "counter", "query"]))
                return nil
            }
        case .mapping:
            let reader = parent.reader(for: item, named: "judge")
            defer { reader.checkKeys() }
            if let errors = reader.reader("errors") { return self.errors(errors) }
            if let latency = reader.reader("latency") { return self.latency(latency) }
            if reader.value("counter") != nil { return counter(reader) }
            return query(reader)
        default:
            parent.report(
                "releases.file.judge", "a judge is a name or a mapping, not \(item.kind)", at: item.location,
                remedy: "Write errors, latency, logs, counter: with worse:, or query: with max:, min: or worse:.")
            return nil
        }
    }

    private func errors(_ reader: YAMLReader) -> JudgeRule {
        var rule = ErrorRule()
        if let tolerance = share(reader, "tolerance") { rule.tolerance = tolerance }
        if let detect = share(reader, "detect") { rule.detect = detect }
        reader.checkKeys()
        if rule.detect <= rule.tolerance || rule.detect > 0.5 {
            reader.report(
                "releases.file.detect", "\"detect\" must lie above \"tolerance\" and at most at 50%",
                at: reader.node.location, remedy: "Such as tolerance: 0.1% and detect: 5%.")
            return .errors(ErrorRule())
        }
        return .errors(rule)
    }

    private func latency(_ reader: YAMLReader) -> JudgeRule {
        var rule = LatencyRule()
        if let ratio = share(reader, "slower") { rule.ratio = ratio }
        if let seconds = seconds(reader, "by") { rule.milliseconds = seconds * 1000 }
        rule.warmUp = seconds(reader, "warm_up")
        reader.checkKeys()
        return .latency(rule)
    }

    private func query(_ reader: YAMLReader) -> JudgeRule? {
        let expression = reader.requiredString("query")
        if let worse = worse(reader) { return comparison(reader, expression, worse) }
        let rule = QueryRule(expression: expression, minimum: reader.double("min"), maximum: reader.double("max"))
        if rule.minimum == nil && rule.maximum == nil {
            reader.report(
                "releases.file.query", "a query needs a bound", at: reader.node.location,
                remedy: "Add max: or min: with the value that it must not cross, or worse: to compare both tracks.")
            return nil
        }
        return expression.isEmpty ? nil : .query(rule)
    }

    private func comparison(_ reader: YAMLReader, _ expression: String, _ worse: WorseDirection) -> JudgeRule? {
        var rule = ComparisonRule(expression: expression, worse: worse)
        if let ratio = share(reader, "by") { rule.ratio = ratio }
        if let every = seconds(reader, "every") { rule.every = every }
        guard expression.contains("$TRACK") else {
            reader.report(
                "releases.file.track", "a query that is compared must name its track", at: reader.node.location,
                remedy: "Select by track=\"$TRACK\" in it; it is asked for canary and for stable.")
            return nil
        }
        return .comparison(rule)
    }

    private func counter(_ reader: YAMLReader) -> JudgeRule? {
        let name = reader.requiredString("counter")
        guard let worse = worse(reader) else {
            if reader.value("worse") == nil { reader.missing("worse") }
            return nil
        }
        var rule = CounterRule(name: name, worse: worse)
        if let ratio = share(reader, "by") { rule.ratio = ratio }
        return name.isEmpty ? nil : .counter(rule)
    }

    private func worse(_ reader: YAMLReader) -> WorseDirection? {
        guard let text = reader.string("worse"), let node = reader.value("worse") else { return nil }
        if let worse = WorseDirection(rawValue: text) { return worse }
        reader.report(
            "releases.file.worse", "\"\(text)\" is not a direction", at: node.location,
            remedy: Suggestion.remedy(for: text, in: WorseDirection.allCases.map(\.rawValue)))
        return nil
    }

    private func share(_ reader: YAMLReader, _ key: String) -> Double? {
        guard let text = reader.string(key), let node = reader.value(key) else { return nil }
        if let percent = Percent(text: text) { return percent.share }
        reader.report(
            "releases.file.percent", "\"\(text)\" is not a percentage", at: node.location, remedy: "Write it like 5%.")
        return nil
    }

    private func seconds(_ reader: YAMLReader, _ key: String) -> Double? {
        guard let text = reader.string(key), let node = reader.value(key) else { return nil }
        if let duration = DurationText.parse(text) { return duration.inSeconds }
        reader.report(
            "releases.file.duration", "\"\(text)\" is not a length of time", at: node.location,
            remedy: "Write a number with its unit: 500ms, 30s, 10m, 1h30m.")
        return nil
    }
}
