import Alerts
import Problems
import Syntax
import Testing

@Suite("rule files")
struct RuleFileTests {
    func read(_ text: String) throws -> RuleFile {
        try RuleFile.read(SourceText(name: "alerts.yml", text)) { expression in
            if expression.contains("((") { throw PlainProblem("promql", "unclosed left parenthesis") }
        }
    }

    @Test("are read with their times, labels and annotations")
    func reads() throws {
        let file = try read(
            """
            groups:
              - name: ships
                interval: 30s
                rules:
                  - alert: ManyErrors
                    expr: rate(x[1m]) > 0.05
                    for: 1m30s
                    keep_firing_for: 5m
                    labels: { severity: page }
                    annotations: { summary: "{{ $labels.service }} fails {{ $value | humanizePercentage }}" }
            """)
        let group = try #require(file.groups.first)
        #expect(group.name == "ships" && group.interval == .seconds(30))
        let rule = try #require(group.rules.first)
        #expect(rule.name == "ManyErrors" && rule.hold == .seconds(90) && rule.keepFiring == .seconds(300))
        #expect(rule.annotations["summary"]?.render(labels: ["service": "ships"], value: 0.2) == "ships fails 20%")
    }

    @Test(
        "show every mistake at its place",
        arguments: [
            ("groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: ((x\n", "alerts.rules.expression", 5),
            (
                "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: x\n        for: soon\n",
                "alerts.rules.duration", 6
            ),
            ("groups:\n  - name: a\n    rules:\n      - record: b\n        expr: x\n", "alerts.rules.recording", 4),
            (
                "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: x\n        annotations: {s: '{{ query \"x\" }}'}\n",
                "alerts.rules.template", 6
            ),
            ("groups:\n  - name: a\n    rulez: []\n", "yaml.unknown-key", 3),
            ("rules: []\n", "yaml.missing-key", 1),
        ])
    func mistakes(text: String, code: String, line: Int) throws {
        do {
            _ = try read(text)
            Issue.record("no mistake was found")
        } catch let diagnostics as Diagnostics {
            let found = try #require(diagnostics.all.first { $0.code == code })
            #expect(found.location?.line == line)
        }
    }

    @Test(
        "durations", arguments: [("15s", 15_000), ("1h30m", 5_400_000), ("500ms", 500), ("0", 0), ("1d", 86_400_000)])
    func durations(text: String, milliseconds: Int) {
        #expect(PrometheusDuration.parse(text) == .milliseconds(milliseconds))
    }

    @Test("what is no duration", arguments: ["", "5", "m", "1m1h", "1x", "-1s", "99999999999999999999s"])
    func notDurations(text: String) {
        #expect(PrometheusDuration.parse(text) == nil)
    }

    @Test(
        "values for people",
        arguments: [
            ("{{ $value }}", 0.123456, "0.1235"), ("{{ $value }}", 12, "12"),
            ("{{$value|humanize}}", 1_234_567, "1.235M"),
            ("{{ $value | humanizeDuration }}", 3725, "1h 2m 5s"), ("{{ $value | humanizeDuration }}", 0.25, "250ms"),
            ("{{ $value | humanizePercentage }}", 0.0512, "5.12%"), ("a {{ $labels.none }} b", 1, "a  b"),
        ])
    func values(text: String, value: Double, expected: String) throws {
        #expect(try AlertTemplate(text).render(labels: [:], value: value) == expected)
    }
}
