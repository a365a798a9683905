import Delivery
import Foundation
import Kube
import Store
import Synchronization
import Testing

@testable import Releases

@Suite struct GatePipelineTests {
    private func file(_ prod: String) -> String {
        """
        app: harbour
        images:
          ships:  { context: services/ships }
          routes: { context: services/routes }
        environments:
          dev: {}
          prod:
            \(prod)

        """
    }

    @Test func `A freeze keeps what is new out, shows why, survives a restart, and gives way to going back`()
        async throws
    {
        let stage = try Stage(Stage.Script(file: file("host: harbour.example")))
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        _ = try await stage.deliver("0")
        _ = try await stage.deliver("1")
        let id = try await stage.play { pipeline in
            try await pipeline.freeze(app, prod, until: nil, reason: "holidays", actor: "ada")
            let id = try await pipeline.deliver(try Samples.revision("2"), actor: "bob")
            try await Stage.wait(id, pipeline) { $0 == .environment(prod, .waiting) }
            while try await pipeline.status().last?.underWay?.detail != "waits: frozen by ada: holidays" {
                await Task.yield()
            }
            return id
        }
        let later = try Stage(after: stage)
        let status = try await later.play { pipeline in
            let back = try await pipeline.rollback(app, prod, actor: "ada")
            #expect(try await Stage.end(of: back, pipeline).state == .finished(.succeeded))
            #expect(try await pipeline.run(id).state == .environment(prod, .waiting))
            return try await pipeline.status().last
        }
        #expect(status?.stable?.release.number == 1)
        #expect(status?.freeze?.actor == "ada")
        #expect(status?.underWay?.gates?.map(\.gate) == [.freeze])
        let record = try await later.play { pipeline in
            try await pipeline.unfreeze(app, prod, actor: "ada")
            await #expect(throws: ReleasesProblem.self) { try await pipeline.unfreeze(app, prod, actor: "ada") }
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.state == .finished(.succeeded))
        let kinds: [DeliveryEvent.Kind] = [.frozen, .gateWaits, .gateOpened, .unfrozen]
        let events = try await later.journal.events(Journal.Filter(kinds: kinds))
        #expect(events.map(\.kind) == [.frozen, .gateWaits, .unfrozen, .gateOpened])
    }

    @Test func `A freeze with an end lets the run go on by itself`() async throws {
        let stage = try Stage(Stage.Script(file: file("host: harbour.example")))
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        _ = try await stage.deliver("0")
        let end = stage.now + 7200
        _ = try await stage.play { try await $0.freeze(app, prod, until: end, reason: "", actor: "ada") }
        let record = try await stage.deliver("1")
        #expect(record.state == .finished(.succeeded))
        #expect(stage.now >= end)
    }

    @Test func `A change waits for its time of the day`() async throws {
        // The pretended time begins at 02:46 of the first of January 1970.
        let stage = try Stage(Stage.Script(file: file("windows: [{ hours: 09:00-17:00 }]")))
        defer { stage.remove() }
        let record = try await stage.deliver()
        #expect(record.state == .finished(.succeeded))
        #expect(stage.now.timeIntervalSince1970 >= 9 * 3600)
        let waits = try await stage.journal.events(Journal.Filter(kinds: [.gateWaits])).map(\.message)
        #expect(
            waits == [
                "harbour/1 in prod waits for its time (every day 09:00-17:00 UTC), next at 1970-01-01T09:00:00Z"
            ])
    }

    @Test func `An approval that nobody gives in time ends the run`() async throws {
        let stage = try Stage(Stage.Script(file: file("approve: { by: [ops], lasts: 1d }")))
        defer { stage.remove() }
        let record = try await stage.deliver()
        #expect(
            record.state
                == .finished(
                    .failed(stage: "prod", message: "nobody of ops has approved within 24 h 00 m", evidence: [])))
        #expect(stage.cluster.names().isEmpty)
        #expect(try await stage.journal.events(Journal.Filter(kinds: [.gateRefused])).count == 1)
    }

    @Test func `An approval says from where it came`() async throws {
        let stage = try Stage(Stage.Script(file: file("approve: ops")))
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        let record = try await stage.play { pipeline in
            let id = try await pipeline.deliver(try Samples.revision(), actor: "ada")
            try await Stage.wait(id, pipeline) { $0 == .environment(prod, .approval) }
            _ = try await pipeline.approve(app, prod, actor: "bob", roles: ["ops"], origin: "console")
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.approvals["prod"]?.origin == "console")
        let event = try await stage.journal.events(Journal.Filter(kinds: [.approved])).first
        #expect(event?.message == "approved by bob (console)")
    }

    @Test func `A verification that fails brings back everything that changed`() async throws {
        let stage = try Stage(Stage.Script(file: file("verify: e2e.yml")))
        defer { stage.remove() }
        let first = try await stage.deliver("0")
        #expect(first.state == .finished(.succeeded))
        let order = try #require(stage.orders.withLock { $0.last })
        #expect(order.key == "verify-prod")
        #expect(order.environment["ESTIBA_RELEASE"] == "harbour-1")
        #expect(order.environment["ESTIBA_ENV"] == "prod")
        let before = stage.cluster.objects.filter { $0.key.contains("harbour-prod") }.mapValues { $0["spec"] }

        stage.script.withLock {
            $0.verification = WorkflowResult(
                succeeded: false, summary: "smoke: exit code 1", lastLines: ["500 from /ships"])
            $0.manifests = $0.manifests.replacing("depth: \"12\"", with: "depth: \"13\"")
        }
        let record = try await stage.deliver("1")
        guard case .finished(.cameBack(_, let setback)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(setback.kind == .failedVerification)
        #expect(setback.evidence == ["500 from /ships"])
        let after = stage.cluster.objects.filter { $0.key.contains("harbour-prod") }.mapValues { $0["spec"] }
        #expect(before == after)
        #expect(stage.incidents.withLock { $0 }.first?.setback.kind == .failedVerification)
        let state = try await stage.store.environment(try Samples.app(), try Samples.name("prod"))
        #expect(state.stable?.release.number == 1)
    }

    @Test func `A person may stop a verification`() async throws {
        let stage = try Stage(Stage.Script(file: file("verify: e2e.yml")))
        defer { stage.remove() }
        let (app, prod) = (try Samples.app(), try Samples.name("prod"))
        _ = try await stage.deliver("0")
        stage.script.withLock { $0.verificationHangs = true }
        let record = try await stage.play { pipeline in
            let id = try await pipeline.deliver(try Samples.revision("1"), actor: "ada")
            try await Stage.wait(id, pipeline) { state in
                if case .environment(prod, .verifying) = state { true } else { false }
            }
            try await pipeline.abort(app, prod, actor: "bob")
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.state == .finished(.cameBack(prod, Setback(.aborted, "stopped by bob", actor: "bob"))))
        #expect(stage.cluster.object("Deployment", "ships")?.text.contains("sha256:aa0") == true)
    }

    @Test func `Secrets of the sealed store become Secrets, and coming back keeps the values that served`() async throws
    {
        let stage = try Stage(
            Stage.Script(
                file: file("verify: e2e.yml\n    secrets: { database: { url: db-prod } }"),
                manifests: Samples.manifests.replacing(
                    "envFrom: [{", with: "envFrom: [{ secretRef: { name: database } }, {"),
                secrets: ["db-prod": "one"]))
        defer { stage.remove() }
        stage.script.withLock {
            $0.file = $0.file.replacing("dev: {}", with: "dev: { secrets: { database: { url: db-prod } } }")
        }
        _ = try await stage.deliver("0")
        let names = stage.cluster.names().filter { $0.hasPrefix("Secret/") }
        #expect(names.count == 1)
        let name = String(try #require(names.first).dropFirst(7))
        #expect(stage.cluster.object("Secret", name)?[path: "data", "url"]?.string == "b25l")
        #expect(stage.cluster.object("Deployment", "ships")?.text.contains(name) == true)
        let archive = try await stage.store.content(ReleaseID(app: try Samples.app(), number: 1))
        #expect(archive?.manifests.archive.text.contains("b25l") == false)

        stage.script.withLock {
            $0.secrets["db-prod"] = "two"
            $0.verification = WorkflowResult(succeeded: false, summary: "smoke: exit code 1")
        }
        guard case .finished(.cameBack) = try await stage.deliver("1", to: "prod").state else {
            Issue.record("it did not come back")
            return
        }
        #expect(stage.cluster.names().filter { $0.hasPrefix("Secret/") } == names)
        stage.script.withLock { $0.verification = WorkflowResult(succeeded: true, summary: "smoke") }
        _ = try await stage.deliver("2")
        let renewed = stage.cluster.names().filter { $0.hasPrefix("Secret/") }
        #expect(renewed.count == 1 && renewed != names)
    }

    @Test func `A secret that nobody has set is found before the workflow runs`() async throws {
        let stage = try Stage(Stage.Script(file: file("secrets: { database: { url: db-prod } }")))
        defer { stage.remove() }
        let record = try await stage.deliver()
        guard case .finished(.failed("ci", let message, _)) = record.state else {
            Issue.record("\(record.state)")
            return
        }
        #expect(message == "no secret db-prod")
        #expect(stage.workflowRuns.withLock { $0 } == 0)
    }
}
