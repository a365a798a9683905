package import Delivery
package import FoundationEssentials
package import Logging
import Problems
import ServiceLifecycle

/// Asks the metrics.
package protocol AlertQuerying: Sendable {
    /// The instant vector of a PromQL expression.
    func query(_ expression: String, at: Date) async throws -> [AlertSample]
}

/// Knows what a release is made of.
package protocol ReleaseFacts: Sendable {
    func release(_ id: ReleaseID) async throws -> Release?
}

/// Evaluates the rules of all apps, and opens and closes incidents by them.
package actor AlertService: Service {
    private let querying: any AlertQuerying
    private let facts: any ReleaseFacts
    private let desk: IncidentDesk
    private let interval: Duration
    private let now: @Sendable () -> Date
    private let sleep: @Sendable (Duration) async throws -> Void
    private let logger: Logger

    private var rules: [String: [RuleGroup]] = [:]
    private var active: [Key: [ActiveAlert]] = [:]
    private var lastRun: [String: Date] = [:]

    private struct Key: Hashable {
        let owner: String
        let group: String
        let rule: Int
    }

    /// - Parameter interval: How often a group is evaluated that doesn't say so itself.
    package init(
        querying: any AlertQuerying, facts: any ReleaseFacts, desk: IncidentDesk, interval: Duration = .seconds(5),
        now: @escaping @Sendable () -> Date = { Date() },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }, logger: Logger
    ) {
        self.querying = querying
        self.facts = facts
        self.desk = desk
        self.interval = interval
        self.now = now
        self.sleep = sleep
        self.logger = logger
    }

    /// Sets the rules of an owner (an app), in place of those it had. Alerts of rules that stay go on.
    package func set(_ groups: [RuleGroup], of owner: String) {
        let earlier = rules[owner] ?? []
        rules[owner] = groups
        for key in active.keys where key.owner == owner {
            let old = earlier.first { $0.name == key.group }?.rules
            let new = groups.first { $0.name == key.group }?.rules
            if old?.indices.contains(key.rule) != true || new?.indices.contains(key.rule) != true
                || old?[key.rule] != new?[key.rule]
            {
                active[key] = nil
            }
        }
    }

    /// Everything pending or firing.
    package var alerts: [ActiveAlert] { active.values.flatMap { $0 }.sorted { $0.activeAt < $1.activeAt } }

    package func groups(of owner: String) -> [RuleGroup] { rules[owner] ?? [] }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.tick()
                do { try await self.sleep(.seconds(1)) } catch { return }
            }
        }
    }

    /// Evaluates the groups whose time has come.
    package func tick() async {
        for (owner, groups) in rules.sorted(by: { $0.key < $1.key }) {
            for group in groups {
                let time = now()
                let name = "\(owner)/\(group.name)"
                let pause = (group.interval ?? interval).components
                if let last = lastRun[name], time.timeIntervalSince(last) < Double(pause.seconds) - 0.05 { continue }
                lastRun[name] = time
                for (index, rule) in group.rules.enumerated() {
                    await evaluate(rule, Key(owner: owner, group: group.name, rule: index), time)
                }
            }
        }
    }

    private func evaluate(_ rule: AlertRule, _ key: Key, _ time: Date) async {
        do {
            let samples = try await querying.query(rule.expression, at: time)
            let step = AlertMachine.step(rule, group: key.group, active: active[key] ?? [], samples: samples, now: time)
            active[key] = step.active
            for alert in step.fired { try await desk.open(await incident(alert, time)) }
            for alert in step.resolved { try await desk.close(fingerprint(alert), at: time) }
        } catch is CancellationError {
            return
        } catch {
            // The alerts stay as they are: no answer is not a good answer.
            logger.error(
                "rule can't be evaluated",
                metadata: ["alert.rule": "\(rule.name)", "alert.group": "\(key.group)", "error": "\(brief(error))"])
        }
    }

    private func fingerprint(_ alert: ActiveAlert) -> String { "alert:" + alert.identity }

    private func incident(_ alert: ActiveAlert, _ time: Date) async -> Incident {
        let labels = alert.labels
        let id = labels["release"].flatMap { ReleaseID($0) }
        var release: Release?
        if let id { release = try? await facts.release(id) }
        let environment = labels["env"].flatMap { try? EnvironmentName($0) }
        let summary = alert.annotations["summary"] ?? alert.annotations["description"]
        return Incident(
            fingerprint: fingerprint(alert), title: summary ?? "\(alert.rule) is firing",
            app: labels["app"].flatMap { try? AppName($0) }, environment: environment, service: labels["service"],
            release: id, commit: release?.revision.shortCommit ?? labels["commit"],
            author: release?.revision.authorName,
            subject: release?.revision.subject,
            evidence: [
                "\(alert.rule) = \(alert.value)",
                labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
            ],
            remedy: Self.remedy(labels, environment), openedAt: time)
    }

    /// A canary that isn't well goes back by itself.
    private static func remedy(_ labels: [String: String], _ environment: EnvironmentName?) -> String? {
        if labels["track"] == Track.canary.rawValue { return "A canary: the judge takes it back by itself." }
        return environment.map { "To undo it: rollback \($0)" }
    }
}
