import Delivery
import Foundation
import Kube
import Store
import Testing

@testable import Releases

@Suite struct PreviewTests {
    @Test(arguments: [
        ("login", "login"), ("feature/login", "feature-login"), ("dev", "dev-ef260e9a"),
        ("Fix_It", "fix-it-"), ("äöü", "branch-"),
        (String(repeating: "a", count: 50), String(repeating: "a", count: 30) + "-"),
    ])
    func `A branch's environment has a name that is safe and its own`(_ branch: String, _ expected: String) {
        let name = PreviewPlan.name(of: branch, taken: ["dev", "prod"])?.value ?? ""
        #expect(
            expected.hasSuffix("-") ? name.hasPrefix(expected) && name.count == expected.count + 8 : name == expected)
    }

    @Test(
        arguments: [
            (["*"], "feature/x", true), (["feature/*"], "feature/x", true), (["feature/*"], "fix/x", false),
            (["a*c", "x"], "abbc", true), (["a*c"], "abb", false), ([], "x", false),
        ] as [([String], String, Bool)])
    func `Patterns choose the branches`(_ patterns: [String], _ branch: String, _ expected: Bool) {
        #expect(PreviewPlan(branches: patterns).covers(branch) == expected)
    }

    @Test func `A branch has its own environment, leaves the others alone, and goes with all it had`() async throws {
        let stage = try Stage(Stage.Script(file: Samples.file + "\npreviews: {}\n"))
        defer { stage.remove() }
        _ = try await stage.deliver("0")
        let app = try Samples.app()
        var branch = try Samples.revision("1")
        branch.ref = "refs/heads/feature/login"
        let revision = branch
        let record = try await stage.play { pipeline in
            let id = try await pipeline.preview(revision, actor: "ada")
            #expect(try await pipeline.preview(revision, actor: "ada") == id)
            return try await Stage.end(of: id, pipeline)
        }
        #expect(record.state == .finished(.succeeded))
        #expect(record.stages.map(\.name) == ["ci", "images", "feature-login"])
        let route = stage.cluster.object("HTTPRoute", "harbour", in: "harbour-feature-login")
        #expect(route?[path: "spec", "hostnames"] == ["feature-login.harbour.localhost"])
        let status = try await stage.play { try await $0.status() }
        #expect(status.map(\.name.value) == ["dev", "prod", "feature-login"])
        #expect(status[1].stable?.release.number == 1)
        #expect(status[2].preview == "refs/heads/feature/login")
        let events = try await stage.journal.events(Journal.Filter(kinds: DeliveryKeys.kinds))
        let keys = DeliveryKeys.compute(events, since: Date(timeIntervalSince1970: 0), now: stage.now)
        #expect(keys.map(\.environment.value) == ["dev", "prod"])

        let name = try Samples.name("feature-login")
        try await stage.play { pipeline in
            let before = try await pipeline.previews(app)
            #expect(before == [name: "refs/heads/feature/login"])
            let isGone = try await pipeline.removePreview(app, name)
            #expect(isGone)
            let after = try await pipeline.previews(app)
            #expect(after.isEmpty)
            let left = try await pipeline.status().map(\.name.value)
            #expect(left == ["dev", "prod"])
        }
        #expect(stage.cluster.writes.last == "DELETE Namespace/harbour-feature-login")
        #expect(try await stage.journal.events(Journal.Filter(kinds: [.previewRemoved])).count == 1)
    }
}
