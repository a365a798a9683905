import Problems
package import Syntax

/// The alerting rules of a Prometheus rule file.
///
/// https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
package struct RuleFile: Sendable, Equatable {
    package var groups: [RuleGroup]

    /// Reads a rule file; every mistake is reported with its place.
    ///
    /// `check` parses an expression and throws a problem for one that is not PromQL.
    package static func read(_ source: SourceText, check: (String) throws -> Void) throws -> RuleFile {
        let reader = YAMLReader(try YAMLDocument.parse(source))
        let groups = (reader.list("groups") ?? []).enumerated().map { index, node in
            group(reader.reader(for: node, named: "groups[\(index)]"), check)
        }
        if reader.node["groups"] == nil { reader.missing("groups") }
        for (index, group) in groups.enumerated() where groups[..<index].contains(where: { $0.name == group.name }) {
            reader.report(
                "alerts.rules.duplicate", "there are two groups named \"\(group.name)\"", at: reader.node.location,
                remedy: "Rename one of them.")
        }
        try reader.finish()
        return RuleFile(groups: groups)
    }

    private static func group(_ reader: YAMLReader, _ check: (String) throws -> Void) -> RuleGroup {
        let group = RuleGroup(
            name: reader.requiredString("name"), interval: duration(reader, "interval"),
            rules: (reader.list("rules") ?? []).enumerated().compactMap { index, node in
                rule(reader.reader(for: node, named: "rules[\(index)]"), check)
            })
        reader.checkKeys()
        return group
    }

    private static func rule(_ reader: YAMLReader, _ check: (String) throws -> Void) -> AlertRule? {
        if let record = reader.value("record") {
            reader.report(
                "alerts.rules.recording", "recording rules are not supported", at: record.location,
                remedy: "Write the expression into the alert itself.")
            return nil
        }
        let expression = reader.requiredString("expr")
        if !expression.isEmpty, let place = reader.value("expr")?.location {
            do { try check(expression) } catch {
                reader.report("alerts.rules.expression", "the expression is not PromQL: \(brief(error))", at: place)
            }
        }
        let rule = AlertRule(
            name: reader.requiredString("alert"), expression: expression, hold: duration(reader, "for") ?? .zero,
            keepFiring: duration(reader, "keep_firing_for") ?? .zero, labels: templates(reader, "labels"),
            annotations: templates(reader, "annotations"))
        reader.checkKeys()
        return rule
    }

    private static func templates(_ reader: YAMLReader, _ key: String) -> [String: AlertTemplate] {
        var templates: [String: AlertTemplate] = [:]
        for entry in reader.entries(key) ?? [] {
            guard case .scalar(let scalar) = entry.value else {
                reader.report("yaml.type", "\"\(entry.key.text)\" must be a string", at: entry.value.location)
                continue
            }
            do throws(AlertTemplate.Mistake) { templates[entry.key.text] = try AlertTemplate(scalar.text) } catch {
                reader.report("alerts.rules.template", error.message, at: scalar.location, remedy: error.remedy)
            }
        }
        return templates
    }

    private static func duration(_ reader: YAMLReader, _ key: String) -> Duration? {
        guard let text = reader.string(key) else { return nil }
        if let duration = PrometheusDuration.parse(text) { return duration }
        reader.report(
            "alerts.rules.duration", "\"\(text)\" is not a duration",
            at: reader.value(key)?.location ?? reader.node.location,
            remedy: "Write it as 30s, 5m or 1h30m.")
        return nil
    }
}

/// Rules that are evaluated together, one after the other.
package struct RuleGroup: Sendable, Equatable {
    package var name: String
    /// Nil: the server's own.
    package var interval: Duration?
    package var rules: [AlertRule]
}

/// When to raise an alert.
package struct AlertRule: Sendable, Equatable {
    package var name: String
    /// PromQL; each series of its result is one alert.
    package var expression: String
    /// For how long the expression must hold before the alert fires.
    package var hold: Duration
    /// For how long the alert goes on firing after the expression has ceased to hold.
    package var keepFiring: Duration
    package var labels: [String: AlertTemplate]
    package var annotations: [String: AlertTemplate]
}
