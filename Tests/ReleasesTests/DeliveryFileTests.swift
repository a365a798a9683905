import Delivery
import Problems
import Syntax
import Testing

@testable import Releases

@Suite struct DeliveryFileTests {
    @Test func `A short file gets its defaults`() throws {
        let file = try Samples.read("app: harbour\nimages:\n  web: {}\n")
        #expect(file.app.value == "harbour")
        #expect(file.workflow == ".github/workflows/ci.yml")
        #expect(file.images == [ImageRecipe(name: "web", context: ".", dockerfile: "Dockerfile")])
        #expect(file.environments.map(\.name.value) == ["dev", "prod"])
        #expect(file.deploy == "deploy")
        #expect(try Samples.read("app: harbour\n", missing: [".github/workflows/ci.yml"]).workflow == nil)
    }

    @Test func `Everything that can be written is read`() throws {
        let file = try Samples.read(
            """
            app: harbour
            ci: ci/all.yml
            images:
              ships: { context: services/ships/, dockerfile: Release.dockerfile, target: run, args: { A: 1 }, artifacts: [bin] }
            deploy: ops/
            environments:
              dev: { host: dev.example.org }
              prod:
                approve: [ops, ada]
                cluster: { kubeconfig: $file:/etc/prod.kubeconfig }
                canary:
                  steps: [0.5%, 25%]
                  step: { at_least: 1m30s, at_most: 1h }
                  when_quiet: hold
                  judge:
                    - errors: { tolerance: 2%, detect: 10% }
                    - latency: { slower: 50%, by: 20ms }
                    - query: up
                      min: 1
            alerts: [./ops/alerts.yml]
            notify: { slack: { webhook: $secret:hook, channel: "#ops" } }
            """)
        #expect(file.workflow == "ci/all.yml")
        #expect(
            file.images == [
                ImageRecipe(
                    name: "ships", context: "services/ships", dockerfile: "services/ships/Release.dockerfile",
                    target: "run", arguments: ["A": "1"], artifacts: ["bin"])
            ])
        #expect(file.deploy == "ops")
        #expect(file.alerts == ["ops/alerts.yml"])
        #expect(file.slack == SlackTarget(webhook: "$secret:hook", channel: "#ops"))
        let prod = try #require(file.environments.last)
        #expect(prod.approvers == ["ops", "ada"])
        #expect(prod.kubeconfig == "/etc/prod.kubeconfig")
        let canary = try #require(prod.canary)
        #expect(canary.steps.map(\.description) == ["0.5%", "25%"])
        #expect((canary.atLeast, canary.atMost) == (90, 3600))
        #expect(canary.whenQuiet == .hold)
        #expect(
            canary.rules == [
                .errors(ErrorRule(tolerance: 0.02, detect: 0.1)), .latency(LatencyRule(ratio: 0.5, milliseconds: 20)),
                .query(QueryRule(expression: "up", minimum: 1)),
            ])
    }

    @Test(arguments: [
        ("app: harbour\nimags: {}\n", 2, 1, "Did you mean \"images\"?"),
        ("images: {}\n", 1, 1, "Add \"app: …\"."),
        ("app: Harbour!\n", 1, 6, "lower-case"),
        ("app: h\nenvironments:\n  prod: { verify: gone }\n", 3, 19, "add the file"),
        ("app: h\nenvironments:\n  prod: { provision: x }\n", 3, 22, "Remove it"),
        ("app: h\nimages:\n  web: { context: ../up }\n", 3, 19, "without \"..\""),
        ("app: h\nimages:\n  web: { context: gone }\n", 3, 19, "Correct the path"),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [50%, 5%] } }\n", 3, 34, "smallest"),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [5] } }\n", 3, 29, "5%"),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [100%] } }\n", 3, 29, "promotion"),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [5%], judge: [erors] } }\n", 3, 42, "\"errors\""),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [5%], judge: [{ query: up }] } }\n", 3, 42, "max:"),
        (
            "app: h\nenvironments:\n  prod: { canary: { steps: [5%], judge: [{ query: up, worse: lower }] } }\n", 3, 42,
            "TRACK"
        ),
        (
            "app: h\nenvironments:\n  prod: { canary: { steps: [5%], judge: [{ counter: a, worse: up }] } }\n", 3, 63,
            "lower"
        ),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [5%], step: { at_least: 5 } } }\n", 3, 52, "unit"),
        ("app: h\nenvironments:\n  prod: { cluster: { kubeconfig: ~/.kube } }\n", 3, 34, "$file:"),
        ("app: h\nnotify: { slack: { webhook: hooks.slack.com/x } }\n", 2, 29, "$secret:"),
        ("app: h\nenvironments:\n  prod: { canary: { steps: [5%], when_quiet: promote } }\n", 3, 46, "abort, hold"),
    ])
    func `A mistake is shown at its place with what to do`(text: String, line: Int, column: Int, remedy: String) throws
    {
        let problem = #expect(throws: Diagnostics.self) {
            try Samples.read(text, missing: ["gone", "gone/Dockerfile"])
        }
        let first = try #require(problem?.all.first)
        #expect(first.location?.line == line, "\(first)")
        #expect(first.location?.column == column, "\(first)")
        #expect(first.remedy?.contains(remedy) == true, "\(first)")
    }

    @Test func `All mistakes are reported together`() throws {
        let problem = #expect(throws: Diagnostics.self) {
            try Samples.read("app: h\nfoo: 1\nbar: 2\nenvironments:\n  prod: { provision: x }\n")
        }
        #expect(problem?.all.count == 3)
    }

    @Test(arguments: [
        ("500ms", 0.5), ("30s", 30), ("10m", 600), ("1h30m", 5400), ("1.5s", 1.5), ("2d", 172800),
    ])
    func `Lengths of time are read`(text: String, seconds: Double) {
        #expect(DurationText.parse(text)?.inSeconds == seconds)
    }

    @Test(arguments: ["", "5", "s", "5 s", "-5s", "5x"])
    func `What is not a length of time is refused`(text: String) {
        #expect(DurationText.parse(text) == nil)
    }

    @Test(arguments: [(0.004, "4 ms"), (21.44, "21.4 s"), (66, "1 m 06 s"), (3700, "1 h 01 m")])
    func `Lengths of time are written for people`(seconds: Double, text: String) {
        #expect(DurationText.format(.seconds(seconds)) == text)
    }
}
