package import FoundationEssentials

/// One series of a rule's result.
package struct AlertSample: Sendable, Equatable {
    package var labels: [String: String]
    package var value: Double

    package init(labels: [String: String], value: Double) {
        self.labels = labels
        self.value = value
    }
}

/// An alert that is pending or firing.
package struct ActiveAlert: Sendable, Equatable, Codable {
    /// How far it has come.
    package enum State: String, Sendable, Codable {
        case pending, firing
    }

    package var rule: String
    package var group: String
    /// Those of the series and of the rule, with `alertname`.
    package var labels: [String: String]
    package var annotations: [String: String]
    package var value: Double
    package var state: State
    package var activeAt: Date
    package var firedAt: Date?
    /// When the expression held last.
    package var seenAt: Date

    /// What makes it the same alert at the next evaluation.
    package var identity: String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

/// Decides what becomes of a rule's alerts.
package enum AlertMachine {
    /// The alerts after an evaluation, and those that have begun or ceased to fire by it.
    package struct Step: Sendable, Equatable {
        package var active: [ActiveAlert] = []
        package var fired: [ActiveAlert] = []
        package var resolved: [ActiveAlert] = []
    }

    /// - Parameters:
    ///   - active: The rule's alerts after the evaluation before.
    ///   - samples: What the expression gives now; labels without `__name__`.
    package static func step(
        _ rule: AlertRule, group: String, active: [ActiveAlert], samples: [AlertSample], now: Date
    ) -> Step {
        var step = Step()
        var known = Dictionary(active.map { ($0.identity, $0) }, uniquingKeysWith: { first, _ in first })
        for sample in samples {
            var alert = make(rule, group, sample, now)
            if let earlier = known.removeValue(forKey: alert.identity) {
                alert.activeAt = earlier.activeAt
                alert.state = earlier.state
                alert.firedAt = earlier.firedAt
            }
            if alert.state == .pending, now.timeIntervalSince(alert.activeAt) >= seconds(rule.hold) {
                alert.state = .firing
                alert.firedAt = now
                step.fired.append(alert)
            }
            step.active.append(alert)
        }
        for alert in known.values.sorted(by: { $0.identity < $1.identity }) where alert.state == .firing {
            if now.timeIntervalSince(alert.seenAt) < seconds(rule.keepFiring) {
                step.active.append(alert)
            } else {
                step.resolved.append(alert)
            }
        }
        return step
    }

    private static func make(_ rule: AlertRule, _ group: String, _ sample: AlertSample, _ now: Date) -> ActiveAlert {
        var labels = sample.labels
        labels["__name__"] = nil
        for (name, template) in rule.labels {
            labels[name] = template.render(labels: sample.labels, value: sample.value)
        }
        labels["alertname"] = rule.name
        return ActiveAlert(
            rule: rule.name, group: group, labels: labels.filter { !$0.value.isEmpty },
            annotations: rule.annotations.mapValues { $0.render(labels: sample.labels, value: sample.value) },
            value: sample.value, state: .pending, activeAt: now, firedAt: nil, seenAt: now)
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}
