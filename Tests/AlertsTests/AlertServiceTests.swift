import Alerts
import Delivery
import EstibaTesting
import Foundation
import Logging
import Problems
import Store
import Synchronization
import Syntax
import Testing

private final class World: AlertQuerying, ReleaseFacts, IncidentChannel {
    struct State {
        var answer: Result<[AlertSample], PlainProblem> = .success([])
        var told: [String] = []
        var time = Date(timeIntervalSince1970: 1_767_225_600)
    }
    let state = Mutex(State())

    func query(_ expression: String, at: Date) async throws -> [AlertSample] {
        try state.withLock { try $0.answer.get() }
    }
    func tell(_ text: String, about event: DeliveryEvent?) async throws { state.withLock { $0.told.append(text) } }
    func release(_ id: ReleaseID) async throws -> Release? {
        let revision = Revision(
            app: id.app, commit: "3f2a9c1d0000", ref: "refs/heads/main", authorName: "Ana",
            authorEmail: "ana@example.org",
            subject: "ships: faster list", committedAt: Date(timeIntervalSince1970: 0))
        return Release(
            id: id, revision: revision, run: RunID(app: id.app, number: 1), images: [:], manifestsDigest: "",
            createdAt: revision.committedAt)
    }
}

@Suite("alerts and incidents")
struct AlertServiceTests {
    @Test("a firing rule opens one incident that names commit, author and evidence; the end closes it")
    func story() async throws {
        try await TemporaryDirectory.with { directory in
            let world = World()
            let journal = try Journal(path: directory.file("journal.db"))
            let desk = IncidentDesk(
                log: try IncidentLog(path: directory.file("incidents.db")), journal: journal, channel: world)
            let service = AlertService(
                querying: world, facts: world, desk: desk, now: { world.state.withLock { $0.time } }, sleep: { _ in },
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            let text = """
                groups: [{name: g, rules: [{alert: ManyErrors, expr: x, annotations: {summary: "{{ $labels.service }} fails"}}]}]
                """
            await service.set(
                try RuleFile.read(SourceText(name: "a.yml", text), check: { _ in }).groups, of: "porttrack")
            let labels = ["app": "porttrack", "service": "ships", "env": "prod", "release": "porttrack-7"]
            world.state.withLock { $0.answer = .success([AlertSample(labels: labels, value: 0.2)]) }
            await service.tick()
            world.state.withLock { $0.time += 6 }
            await service.tick()
            let open = try await desk.newest(onlyOpen: true)
            #expect(open.count == 1 && open[0].commit == "3f2a9c1" && open[0].author == "Ana" && open[0].number == 1)
            let told = world.state.withLock { $0.told }
            #expect(told.count == 1)
            #expect(
                told.first?.contains("*ships fails*") == true
                    && told.first?.contains("commit `3f2a9c1` by Ana: ships: faster list") == true)
            #expect(told.first?.contains("_To undo it: rollback prod_") == true)

            world.state.withLock {
                $0.answer = .failure(PlainProblem("a", "no metrics")); $0.time += 6
            }
            await service.tick()
            let stillOpen = try await desk.newest(onlyOpen: true)
            #expect(stillOpen.count == 1, "no answer is not a good answer")

            world.state.withLock {
                $0.answer = .success([]); $0.time += 6
            }
            await service.tick()
            let closed = try await desk.newest(onlyOpen: true)
            #expect(closed.isEmpty)
            let kinds = try await journal.events().map(\.kind)
            #expect(kinds == [.incidentOpened, .incidentClosed])
        }
    }

    @Test("the same incident is not opened twice, but again after it was closed")
    func reopened() async throws {
        try await TemporaryDirectory.with { directory in
            let log = try IncidentLog(path: directory.file("incidents.db"))
            let incident = Incident(fingerprint: "f", title: "t", openedAt: Date(timeIntervalSince1970: 1))
            #expect(try await log.open(incident)?.number == 1)
            #expect(try await log.open(incident) == nil)
            #expect(
                try await log.close("f", at: Date(timeIntervalSince1970: 2))?.closedAt == Date(timeIntervalSince1970: 2)
            )
            #expect(try await log.open(incident)?.number == 2)
            let all = try await IncidentLog(path: directory.file("incidents.db")).newest()
            #expect(all.map(\.number) == [2, 1])
        }
    }
}
