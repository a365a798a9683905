import Delivery
import FoundationEssentials
import Kube
import Store
import Synchronization
import Testing

@testable import Releases

@Suite struct PipelineTests {
    private let plainProd = Samples.file.replacing("prod:\n    canary:", with: "prod: {}\n  later:\n    canary:")

    @Test func `The first release goes everywhere at once`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let record = try await stage.deliver()
        #expect(record.state == .finished(.succeeded))
        #expect(record.release?.description == "harbour-1")
        #expect(record.stages.map(\.name) == ["ci", "images", "dev", "prod"])
        #expect(
            record.stages.map(\.detail) == [
                "build, 3 tests", "routes 14.2 MB  ships 14.2 MB", "5 pods ready", "5 pods ready",
            ])
        #expect(
            stage.cluster.names() == [
                "ConfigMap/\(try Samples.rendered(try Samples.content(1)).objects(ofKind: "ConfigMap").map { ObjectKey($0).name }[0])",
                "Deployment/ships", "Deployment/routes", "Service/ships", "Service/routes", "HTTPRoute/harbour",
            ])
        // Pods before routes, so that no route leads to nothing.
        let writes = stage.cluster.writes
        let route = try #require(writes.firstIndex { $0.hasPrefix("POST HTTPRoute") })
        let pods = try #require(writes.firstIndex { $0 == "POST Deployment/routes" })
        #expect(pods < route)
        #expect(stage.incidents.withLock { $0 }.isEmpty)
        let kinds = try await stage.journal.events(Journal.Filter(run: record.id)).map(\.kind)
        #expect(
            kinds == [
                .runStarted, .imageBuilt, .imageBuilt, .releaseCreated, .deployStarted, .deploySucceeded,
                .deployStarted,
                .deploySucceeded, .runSucceeded,
            ])
        let lead = LeadTime(record)
        #expect(lead.stages.map(\.name) == ["ci", "images", "dev", "prod"])
        #expect(lead.sinceCommit == stage.now.timeIntervalSince1970 - 1000)
    }

    @Test func `A good change goes through the canary's steps and is promoted`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let before = stage.cluster.writes.count
        let record = try await stage.deliver("1")
        #expect(record.state == .finished(.succeeded))
        #expect(record.stages.last?.detail == "100%  5 pods ready")
        let routes = stage.cluster.writes[before...].filter { $0.contains("HTTPRoute") && !$0.contains("dev") }
        let weights = routes.filter { $0.hasPrefix("PATCH") && $0.contains("canary") }
        #expect(
            weights == [
                "PATCH HTTPRoute/harbour ships 90 ships-canary 10", "PATCH HTTPRoute/harbour ships 50 ships-canary 50",
            ])
        // Stable is new and ready before it gets the traffic back, and only then the canary goes.
        let writes = Array(stage.cluster.writes[before...])
        let promoted = try #require(writes.lastIndex(of: "PATCH Deployment/ships"))
        let back = try #require(writes.lastIndex(of: "PATCH HTTPRoute/harbour ships 1"))
        let gone = try #require(writes.firstIndex(of: "DELETE Deployment/ships-canary"))
        #expect(promoted < back && back < gone)
        // What did not change was not touched.
        #expect(!writes.contains { $0.hasSuffix("Deployment/routes") })
        #expect(!stage.cluster.names().contains { $0.hasSuffix("-canary") })
        let events = try await stage.journal.events(Journal.Filter(run: record.id, kinds: [.canaryStep, .promoted]))
        #expect(events.map(\.message) == ["10% ok", "50% ok", "harbour-2 promoted in prod"])
        #expect(events[0].detail["evidence"]?.contains("errors: canary 0 of") == true)
    }

    @Test func `A bad canary comes back with its traffic first, and stable is never touched`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let stable = stage.cluster.object("Deployment", "ships")
        let config = stage.cluster.names()
        let before = stage.cluster.writes.count
        stage.script.withLock { $0.canaryErrors = 0.2 }
        let record = try await stage.deliver("1")
        guard case .finished(.cameBack(let environment, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(environment.value == "prod")
        #expect(setback.kind == .badCanary)
        #expect(setback.message.hasPrefix("errors: canary "))
        #expect(stage.cluster.object("Deployment", "ships") == stable)
        #expect(stage.cluster.names() == config)
        let writes = Array(stage.cluster.writes[before...])
        let back = try #require(writes.lastIndex(of: "PATCH HTTPRoute/harbour ships 1"))
        let gone = try #require(writes.firstIndex { $0.hasPrefix("DELETE") && $0.contains("canary") })
        #expect(back < gone)
        let incident = try #require(stage.incidents.withLock { $0 }.first)
        #expect(incident.release.revision.authorName == "Ada")
        #expect(incident.serving?.description == "harbour-1")
        let state = try await stage.store.environment(try Samples.app(), try Samples.name("prod"))
        #expect(state.stable?.release.number == 1)
        #expect(
            try await stage.store.environment(try Samples.app(), try Samples.name("dev")).stable?.release.number == 2)
        let event = try #require(try await stage.journal.events(Journal.Filter(kinds: [.rolledBack])).first)
        #expect(event.message.contains("prod is back on harbour-1"))
    }

    @Test func `Without traffic there is no verdict: the canary comes back without blame`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        stage.script.withLock { $0.perSecond = 0 }
        let record = try await stage.deliver("1")
        guard case .finished(.cameBack(_, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(setback.kind == .quietCanary)
        #expect(setback.message.hasPrefix("no verdict in 2 m 00 s: errors: canary 0 of 0, stable 0 of 0; not enough"))
        #expect(setback.evidence[0].hasSuffix("not enough traffic yet: 0 of 68 canary requests"))
        #expect(stage.incidents.withLock { $0 }.isEmpty)
    }

    @Test func `A red workflow stops before any image, with its last lines`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        stage.script.withLock {
            $0.workflow = WorkflowResult(succeeded: false, summary: "test: exit code 1", lastLines: ["1 test failed"])
        }
        let record = try await stage.deliver()
        #expect(
            record.state
                == .finished(
                    .failed(
                        stage: "ci",
                        message:
                            "the workflow failed: test: exit code 1. Mend what the last lines show and push again.",
                        evidence: ["1 test failed"])))
        #expect(stage.cluster.writes.isEmpty)
    }

    @Test func `An image that can't be built stops the run`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        stage.script.withLock { $0.imageFails = true }
        let record = try await stage.deliver()
        #expect(
            record.state == .finished(.failed(stage: "images", message: "COPY missing: no such file", evidence: [])))
        #expect(try await stage.store.releases(app: try Samples.app(), limit: 5).isEmpty)
    }

    @Test func `A slip in a file is found before the workflow runs`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        stage.script.withLock { $0.manifests = "kind: Deployment\n" }
        let record = try await stage.deliver()
        guard case .finished(.failed("ci", let message, _)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(message.hasPrefix("deploy/all.yaml:1:1: "))
        #expect(stage.workflowRuns.withLock { $0 } == 0)
    }

    @Test func `Pods that never become ready bring everything back, with their last words`() async throws {
        let stage = try Stage(
            Stage.Script(
                file: Samples.file.replacing(
                    "prod:\n    canary:", with: "prod:\n    host: example.org\n  later:\n    canary:"),
                isHealthy: { !$0.text.contains("sha256:aa1") }))
        defer { stage.remove() }
        _ = try await stage.deliver("0", to: "prod")
        let stable = stage.cluster.object("Deployment", "ships", in: "harbour-dev")
        let record = try await stage.deliver("1", to: "prod")
        guard case .finished(.cameBack(let environment, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(environment.value == "dev")
        #expect(setback.kind == .failedDeployment)
        #expect(
            setback.message.contains(
                "ships did not become ready: container main of pod pod-1: CrashLoopBackOff, exit code 2"))
        #expect(setback.evidence.contains("log main: \"panic: no database\""))
        let restored = stage.cluster.object("Deployment", "ships", in: "harbour-dev")
        #expect(restored?["spec"] == stable?["spec"])
        #expect(
            try await stage.store.environment(try Samples.app(), try Samples.name("prod")).stable?.release.number == 1)
    }

    @Test func `A first release that fails leaves nothing behind`() async throws {
        let stage = try Stage(Stage.Script(isHealthy: { _ in false }))
        defer { stage.remove() }
        let record = try await stage.deliver()
        guard case .finished(.cameBack) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(stage.cluster.names(in: "harbour-dev").isEmpty)
    }

    @Test func `A person has to agree where the file says so`() async throws {
        let stage = try Stage(
            Stage.Script(
                file: Samples.file.replacing("prod:\n    canary:", with: "prod:\n    approve: [ops]\n    canary:")))
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        let record = try await stage.play { pipeline in
            let id = try await pipeline.deliver(try Samples.revision(), actor: "ada")
            try await Stage.wait(id, pipeline) { $0 == .environment(prod, .approval) }
            let status = try await pipeline.status()
            #expect(status.map(\.name.value) == ["dev", "prod"])
            #expect(status.last?.underWay?.approvers == ["ops"])
            await #expect(throws: ReleasesProblem.self) {
                try await pipeline.approve(app, prod, actor: "eve", roles: ["dev"])
            }
            _ = try await pipeline.approve(app, prod, actor: "bob", roles: ["ops"])
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.state == .finished(.succeeded))
        #expect(record.approvals["prod"]?.actor == "bob")
        let events = try await stage.journal.events(Journal.Filter(kinds: [.approvalRequested, .approved]))
        #expect(events.map(\.message) == ["waits for approval by ops", "approved by bob"])
    }

    @Test func `An approval gives way to a newer commit`() async throws {
        let stage = try Stage(
            Stage.Script(
                file: Samples.file.replacing("prod:\n    canary:", with: "prod:\n    approve: [ops]\n    canary:")))
        defer { stage.remove() }
        let prod = try Samples.name("prod")
        try await stage.play { pipeline in
            let first = try await pipeline.deliver(try Samples.revision("1"), actor: "ada")
            try await Stage.wait(first, pipeline) { $0 == .environment(prod, .approval) }
            let second = try await pipeline.deliver(try Samples.revision("2"), actor: "ada")
            let record = try await Stage.end(of: first, pipeline)
            #expect(record.state == .finished(.superseded(by: second)))
        }
    }

    @Test func `Going back brings images, configuration and routes together`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        _ = try await stage.deliver("0")
        let before = stage.cluster.objects.filter { $0.key.contains("harbour-prod") }
        stage.script.withLock {
            $0.manifests = Samples.manifests.replacing("depth: \"12\"", with: "depth: \"13\"").replacing(
                "value: /ships", with: "value: /vessels")
        }
        _ = try await stage.deliver("1")
        let record = try await stage.play { pipeline in
            let id = try await pipeline.rollback(app, prod, actor: "ada")
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.state == .finished(.succeeded))
        let after = stage.cluster.objects.filter { $0.key.contains("harbour-prod") }
        #expect(Set(before.keys) == Set(after.keys))
        for (key, object) in before { #expect(after[key]?["spec"] == object["spec"]) }
        let events = try await stage.journal.events(Journal.Filter(kinds: [.rolledBack]))
        #expect(events.map(\.message) == ["prod went back from harbour-2 to harbour-1"])
        #expect(events[0].actor == "ada")
        await #expect(throws: ReleasesProblem.self) {
            try await stage.play { try await $0.rollback(app, prod, actor: "ada") }
        }
    }

    @Test func `A person may stop a canary, or give it all of the traffic`() async throws {
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        for isPromoted in [false, true] {
            let stage = try Stage()
            defer { stage.remove() }
            _ = try await stage.deliver("0")
            stage.script.withLock { $0.perSecond = 0 }
            let record = try await stage.play { pipeline in
                let id = try await pipeline.deliver(try Samples.revision("1"), actor: "ada")
                try await Stage.wait(id, pipeline) { state in
                    if case .environment(prod, .canary) = state { true } else { false }
                }
                if isPromoted {
                    #expect(try await pipeline.promote(app, prod, actor: "bob") == id)
                } else {
                    #expect(try await pipeline.rollback(app, prod, actor: "bob") == id)
                }
                return try await Stage.end(of: id, pipeline)
            }
            if isPromoted {
                #expect(record.state == .finished(.succeeded))
            } else {
                #expect(record.state == .finished(.cameBack(prod, Setback(.aborted, "stopped by bob", actor: "bob"))))
            }
            #expect(!stage.cluster.names().contains { $0.hasSuffix("-canary") })
        }
    }

    @Test func `A release that stopped in one environment can be promoted to the next`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        _ = try await stage.deliver("0", to: "dev")
        #expect(stage.cluster.names().isEmpty)
        let record = try await stage.play { pipeline in
            try await Stage.end(of: try await pipeline.promote(app, prod, actor: "ada"), pipeline)
        }
        #expect(record.state == .finished(.succeeded))
        #expect(record.release?.number == 1)
        #expect(stage.cluster.names().contains("Deployment/ships"))
    }

    @Test func `An unknown environment is named with what there is`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let record = try await stage.deliver("0", to: "prd")
        guard case .finished(.failed("ci", let message, _)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(message == "there is no environment called \"prd\". Did you mean \"prod\"?")
    }

    @Test func `Who follows late sees all that was`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        let record = try await stage.deliver()
        let lines = try await stage.play { pipeline -> [DeliveryProgress] in
            var lines: [DeliveryProgress] = []
            for await line in try await pipeline.follow(record.id) { lines.append(line) }
            return lines
        }
        #expect(lines.map(\.sequence) == Array(1...lines.count))
        #expect(lines.first?.detail == "delivery of 0000000 \"ships: faster\"")
        #expect(lines.last?.outcome == .succeeded)
        #expect(lines.filter { $0.status == .ok }.map(\.stage) == ["ci", "images", "dev", "prod", "run"])
    }

    @Test func `What a manifest no longer names is taken away`() async throws {
        let stage = try Stage()
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let text = Samples.manifests
        let start = try #require(
            text.firstRange(of: "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: routes }"))
        let end = try #require(text.firstRange(of: "apiVersion: gateway"))
        stage.script.withLock {
            $0.manifests =
                String(text[..<start.lowerBound])
                + String(text[end.lowerBound...])
                .replacing(
                    "backendRefs: [{ name: routes, port: 80 }]", with: "backendRefs: [{ name: ships, port: 80 }]")
        }
        let record = try await stage.deliver("1")
        #expect(record.state == .finished(.succeeded))
        #expect(!stage.cluster.names().contains { $0.hasSuffix("/routes") })
    }

    private static let watched = Samples.file.replacing(
        "steps: [10%, 50%]", with: "steps: [10%, 50%]\n      watch_after: 1m")

    @Test func `A promoted release is watched for as long as the file says, then it is the stable one`() async throws {
        let stage = try Stage(Stage.Script(file: Self.watched))
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let began = stage.now
        let record = try await stage.deliver("1")
        #expect(record.state == .finished(.succeeded))
        #expect(stage.now.timeIntervalSince(began) > 70)
        let verdicts = try await stage.journal.events(Journal.Filter(kinds: [.canaryVerdict]))
        #expect(verdicts.contains { $0.message == "still good after 1 m 00 s of all traffic" })
    }

    @Test func `A release that turns bad when it has all of the traffic goes back`() async throws {
        var script = Stage.Script(file: Self.watched)
        script.everySecond = { stage, _ in
            let isPromoted = stage.cluster.object("Deployment", "ships")?.text.contains("sha256:aa1") == true
            stage.script.withLock { $0.stableErrors = isPromoted ? 0.5 : 0 }
        }
        let stage = try Stage(script)
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let record = try await stage.deliver("1")
        guard case .finished(.cameBack(_, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(setback.kind == .badCanary)
        #expect(setback.message.hasPrefix("ships errors since all traffic came: "))
        #expect(stage.cluster.object("Deployment", "ships")?.text.contains("sha256:aa0") == true)
        let state = try await stage.store.environment(try Samples.app(), try Samples.name("prod"))
        #expect(state.stable?.release.number == 1)
        #expect(stage.incidents.withLock { $0.count } == 1)
    }

    @Test func `A new kind of error in the canary's log brings it back`() async throws {
        let stage = try Stage(
            Stage.Script(file: Samples.file.replacing("judge: [errors]", with: "judge: [errors, logs]")))
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        stage.script.withLock { $0.canaryLines = ["ERROR voyage 12 has no port"] }
        let record = try await stage.deliver("1")
        guard case .finished(.cameBack(_, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(setback.kind == .badCanary)
        #expect(setback.message.hasPrefix("logs: "))
        #expect(setback.message.hasSuffix("ERROR voyage 12 has no port"))
    }
}
