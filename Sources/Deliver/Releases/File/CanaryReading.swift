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
                remedy: "Leave \"judge\" out for errors and latency, or name at least one of: errors, latency, query.")
        }
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
            default:
                parent.report(
                    "releases.file.judge", "there is no judge called \"\(scalar.text)\"", at: scalar.location,
                    remedy: Suggestion.remedy(for: scalar.text, in: ["errors", "latency", "query"]))
                return nil
            }
        case .mapping:
            let reader = parent.reader(for: item, named: "judge")
            defer { reader.checkKeys() }
            if let errors = reader.reader("errors") { return self.errors(errors) }
            if let latency = reader.reader("latency") { return self.latency(latency) }
            return query(reader)
        default:
            parent.report(
                "releases.file.judge", "a judge is a name or a mapping, not \(item.kind)", at: item.location,
                remedy: "Write errors, latency, or query: with max: or min:.")
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
                at: reader.node.location, remedy: "Such as tolerance: 1% and detect: 5%.")
            return .errors(ErrorRule())
        }
        return .errors(rule)
    }

    private func latency(_ reader: YAMLReader) -> JudgeRule {
        var rule = LatencyRule()
        if let ratio = share(reader, "slower") { rule.ratio = ratio }
        if let seconds = seconds(reader, "by") { rule.milliseconds = seconds * 1000 }
        reader.checkKeys()
        return .latency(rule)
    }

    private func query(_ reader: YAMLReader) -> JudgeRule? {
        let expression = reader.requiredString("query")
        let rule = QueryRule(expression: expression, minimum: reader.double("min"), maximum: reader.double("max"))
        if rule.minimum == nil && rule.maximum == nil {
            reader.report(
                "releases.file.query", "a query needs a bound", at: reader.node.location,
                remedy: "Add max: or min: with the value that it must not cross.")
            return nil
        }
        return expression.isEmpty ? nil : .query(rule)
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
