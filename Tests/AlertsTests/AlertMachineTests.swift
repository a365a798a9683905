import Alerts
import Foundation
import Syntax
import Testing

@Suite("the life of an alert")
struct AlertMachineTests {
    let start = Date(timeIntervalSince1970: 1_767_225_600)

    func rule(hold: String = "10s", keep: String = "0") throws -> AlertRule {
        let text = """
            groups: [{name: g, rules: [{alert: A, expr: x, for: "\(hold)", keep_firing_for: "\(keep)", labels: {severity: page}}]}]
            """
        return try #require(RuleFile.read(SourceText(name: "a.yml", text), check: { _ in }).groups.first?.rules.first)
    }

    /// Evaluates at each offset in seconds, with the expression holding or not; says what happened at each.
    func play(_ rule: AlertRule, _ steps: [(Double, Bool)]) -> [String] {
        var active: [ActiveAlert] = []
        return steps.map { offset, holds in
            let samples = holds ? [AlertSample(labels: ["__name__": "x", "service": "ships"], value: 1)] : []
            let step = AlertMachine.step(
                rule, group: "g", active: active, samples: samples, now: start.addingTimeInterval(offset))
            active = step.active
            if !step.fired.isEmpty { return "fires" }
            if !step.resolved.isEmpty { return "over" }
            return active.first?.state.rawValue ?? "-"
        }
    }

    @Test("it fires once the expression has held long enough, and is over when it ceases")
    func hold() throws {
        let story = play(try rule(), [(0, true), (5, true), (10, true), (15, true), (20, false), (25, false)])
        #expect(story == ["pending", "pending", "fires", "firing", "over", "-"])
    }

    @Test("a gap while it is pending begins the wait anew")
    func gap() throws {
        let story = play(try rule(), [(0, true), (5, false), (8, true), (12, true), (18, true)])
        #expect(story == ["pending", "-", "pending", "pending", "fires"])
    }

    @Test("without a wait it fires at once")
    func noWait() throws {
        #expect(play(try rule(hold: "0"), [(0, true), (5, false)]) == ["fires", "over"])
    }

    @Test("it may go on firing for a while, so that it doesn't flap")
    func keep() throws {
        let story = play(
            try rule(hold: "0", keep: "10s"), [(0, true), (5, false), (8, true), (15, false), (18, false)])
        #expect(story == ["fires", "firing", "firing", "firing", "over"])
    }

    @Test("each series is an alert of its own, with the labels of the rule and no name")
    func series() throws {
        let samples = ["ships", "routes"].map { AlertSample(labels: ["__name__": "x", "service": $0], value: 2) }
        let step = AlertMachine.step(try rule(hold: "0"), group: "g", active: [], samples: samples, now: start)
        #expect(
            step.fired.map(\.labels)
                == ["ships", "routes"].map { ["alertname": "A", "service": $0, "severity": "page"] })
    }
}
