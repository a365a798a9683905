import Delivery
import Kube
import Synchronization
import Testing

@testable import Releases

/// Kills the pipeline at every call to the outside, one after the other, and starts it again.
@Suite struct CrashTests {
    /// Plays a delivery until the fuse blows. False if it ended before.
    private func crash(_ stage: Stage, _ digit: Character) async throws -> Bool {
        try await stage.play { pipeline in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    let id = try await pipeline.deliver(try Samples.revision(digit), actor: "ada")
                    _ = try await Stage.end(of: id, pipeline)
                    return false
                }
                group.addTask {
                    await stage.fuse.waitUntilBlown()
                    return true
                }
                let isBlown = try await group.next() ?? false
                group.cancelAll()
                return isBlown
            }
        }
    }

    private func resume(_ stage: Stage) async throws -> DeliveryRecord {
        try await stage.play { pipeline in
            let id = RunID(app: try Samples.app(), number: 2)
            return try await Stage.end(of: id, pipeline)
        }
    }

    /// Kills at call 1, 2, 3 … until the delivery ends undisturbed; checks each time what is left after the restart.
    private func killEverywhere(
        _ script: Stage.Script, errors: Double,
        check: (Stage, DeliveryRecord, JSON?) async throws -> Void
    ) async throws -> Int {
        var calls = 0
        while true {
            let base = try Stage(script)
            defer { base.remove() }
            _ = try await base.deliver("0")
            let stable = base.cluster.object("Deployment", "ships")
            base.script.withLock { $0.canaryErrors = errors }
            let doomed = try Stage(after: base, fuse: Fuse(calls: calls))
            let isBlown = try await crash(doomed, "1")
            if isBlown {
                // The stable release serves while nobody is there to look after it.
                #expect(doomed.cluster.object("Deployment", "ships") != nil)
                #expect(doomed.cluster.object("HTTPRoute", "harbour") != nil)
                let again = try Stage(after: doomed)
                try await check(again, try await resume(again), stable)
            } else {
                return calls
            }
            // Neighbouring calls are mostly polls of the same state: a stride of 4 meets every state.
            calls += 4
        }
    }

    @Test(arguments: ["", "\n      watch_after: 5s"])
    func `A good delivery arrives wherever it was killed`(watch: String) async throws {
        let file = Samples.file.replacing("steps: [10%, 50%]", with: "steps: [10%, 50%]" + watch)
        let calls = try await killEverywhere(Stage.Script(file: file, perSecond: 400), errors: 0) { stage, record, _ in
            #expect(record.state == .finished(.succeeded))
            #expect(!stage.cluster.names().contains { $0.hasSuffix("-canary") })
            let ships = stage.cluster.object("Deployment", "ships")
            #expect(ships?.text.contains("sha256:aa1") == true)
            let state = try await stage.store.environment(try Samples.app(), try Samples.name("prod"))
            #expect(state.stable?.release.number == 2)
            #expect(try await stage.store.releases(app: try Samples.app(), limit: 9).count == 2)
        }
        #expect(calls > 50)
    }

    @Test func `A bad delivery comes back wherever it was killed`() async throws {
        let calls = try await killEverywhere(Stage.Script(perSecond: 400), errors: 0.3) { stage, record, stable in
            guard case .finished(.cameBack(_, let setback)) = record.state else {
                Issue.record("\(record.state)")
                return
            }
            #expect(setback.kind == .badCanary)
            #expect(stage.cluster.object("Deployment", "ships") == stable)
            #expect(!stage.cluster.names().contains { $0.hasSuffix("-canary") })
            let route = stage.cluster.object("HTTPRoute", "harbour")
            #expect(route?[path: "spec", "rules"]?[0]?["backendRefs"]?.array?.count == 1)
        }
        #expect(calls > 50)
    }
}
