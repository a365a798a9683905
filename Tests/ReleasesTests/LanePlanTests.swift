import Delivery
import FoundationEssentials
import Testing

@testable import Releases

@Suite struct LanePlanTests {
    private func record(
        _ number: Int, _ state: DeliveryState, kind: DeliveryRecord.Kind = .delivery, target: String? = nil
    ) throws -> DeliveryRecord {
        var record = DeliveryRecord(
            id: try id(number), kind: kind, revision: try Samples.revision(),
            target: try target.map { try Samples.name($0) }, actor: "ada", createdAt: Date(timeIntervalSince1970: 0))
        record.state = state
        record.file = try Samples.read()
        return record
    }

    private func id(_ number: Int) throws -> RunID { RunID(app: try Samples.app(), number: number) }

    private func prod(_ phase: EnvironmentPhase) throws -> DeliveryState {
        .environment(try Samples.name("prod"), phase)
    }

    @Test func `One run builds, the newest of those that wait follows`() throws {
        #expect(LanePlan.next([try record(1, .queued)]) == [.start(try id(1), .workflow)])
        let busy = [try record(1, .workflow), try record(2, .queued), try record(3, .queued)]
        #expect(LanePlan.next(busy) == [.supersede(try id(2), by: try id(3))])
        #expect(LanePlan.next([try record(1, .workflow), try record(2, .queued)]).isEmpty)
        #expect(LanePlan.next([try record(2, .queued), try record(3, .queued)]).last == .start(try id(3), .workflow))
    }

    @Test func `A run that goes less far doesn't replace one that goes further`() throws {
        let waiting = [try record(1, .queued), try record(2, .queued, target: "dev")]
        #expect(LanePlan.next(waiting) == [.start(try id(1), .workflow)])
    }

    @Test func `One run is active in an environment`() throws {
        let busy = [try record(1, try prod(.canary(CanaryStage()))), try record(2, try prod(.waiting))]
        #expect(LanePlan.next(busy).isEmpty)
        #expect(LanePlan.next([busy[1]]) == [.start(try id(2), try prod(.planning))])
        let three = busy + [try record(3, try prod(.waiting))]
        #expect(LanePlan.next(three) == [.supersede(try id(2), by: try id(3))])
    }

    @Test func `A run that a gate keeps does not start, and still gives way to a newer one`() throws {
        let run = try record(2, try prod(.waiting))
        #expect(LanePlan.next([run], kept: [try id(2)]).isEmpty)
        let newer = try record(3, try prod(.waiting))
        #expect(
            LanePlan.next([run, newer], kept: [try id(2), try id(3)]) == [.supersede(try id(2), by: try id(3))])
    }

    @Test func `Going back goes first`() throws {
        let release = ReleaseID(app: try Samples.app(), number: 1)
        let records = [
            try record(4, try prod(.waiting)),
            try record(5, try prod(.waiting), kind: .rollback(release), target: "prod"),
        ]
        #expect(LanePlan.next(records) == [.start(try id(5), try prod(.planning))])
    }

    @Test func `A rollback and a promotion need no build; only the promotion asks for approval`() throws {
        let release = ReleaseID(app: try Samples.app(), number: 1)
        for (kind, phase) in [
            (DeliveryRecord.Kind.rollback(release), EnvironmentPhase.waiting), (.promotion(release), .approval),
        ] {
            var run = try record(1, .queued, kind: kind, target: "prod")
            run.file?.environments[1].approvers = ["ops"]
            #expect(LanePlan.next([run]) == [.start(try id(1), try prod(phase))])
        }
    }

    @Test func `An approval gives way to whatever newer release has come as far`() throws {
        for phase in [EnvironmentPhase.approval, .waiting, .canary(CanaryStage())] {
            let actions = LanePlan.next([try record(1, try prod(.approval)), try record(2, try prod(phase))])
            #expect(actions.contains(.supersede(try id(1), by: try id(2))))
        }
        #expect(LanePlan.next([try record(1, try prod(.approval)), try record(2, .workflow)]).isEmpty)
    }
}

@Suite struct EnvironmentStateTests {
    private func deployed(_ number: Int) throws -> Deployed {
        Deployed(
            release: ReleaseID(app: try Samples.app(), number: number),
            run: RunID(app: try Samples.app(), number: number),
            commit: "", since: Date(timeIntervalSince1970: 0), workloads: [:])
    }

    @Test func `Going back forgets what came after, so that going back again goes further`() throws {
        var state = EnvironmentState(app: try Samples.app(), name: try Samples.name("prod"))
        for number in 1...4 { state = state.installed(try deployed(number), isRollback: false) }
        #expect(state.earlier.map(\.release.number) == [3, 2, 1])
        state = state.installed(try deployed(3), isRollback: true)
        #expect(state.stable?.release.number == 3)
        #expect(state.earlier.map(\.release.number) == [2, 1])
        state = state.installed(try deployed(5), isRollback: false)
        #expect(state.earlier.map(\.release.number) == [3, 2, 1])
    }

    @Test func `A state survives being written down`() throws {
        let states: [DeliveryState] = [
            .queued, .images(artifacts: ["a": "/b"]),
            .environment(
                try Samples.name("prod"),
                .canary(
                    CanaryStage(
                        step: 1, observed: 3, memory: CanaryJudge.Memory(errors: ["ships": ErrorJudge(ErrorRule())])))),
            .environment(try Samples.name("prod"), .restoring(Setback(.badCanary, "bad", evidence: ["x"]))),
            .finished(.cameBack(try Samples.name("prod"), Setback(.aborted, "stopped"))),
        ]
        for state in states {
            #expect(try JSONDecoder().decode(DeliveryState.self, from: JSONEncoder().encode(state)) == state)
        }
    }
}
