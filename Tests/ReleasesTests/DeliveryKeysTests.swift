import Delivery
import Foundation
import Testing

@testable import Releases

@Suite struct DeliveryKeysTests {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    private func event(
        _ kind: DeliveryEvent.Kind, _ minute: Double, run: Int, release: Int, environment: String = "prod",
        _ detail: [String: String] = [:]
    ) throws -> DeliveryEvent {
        let app = try Samples.app()
        return DeliveryEvent(
            kind, at: start + minute * 60, app: app, run: RunID(app: app, number: run),
            release: ReleaseID(app: app, number: release), environment: try Samples.name(environment), message: "",
            detail: detail)
    }

    /// A deployment of which the commit was made an hour before it was stable.
    private func deployed(_ minute: Double, run: Int, release: Int, lead: Double = 60) throws -> [DeliveryEvent] {
        let committed = start + (minute - lead) * 60
        return [
            try event(.deployStarted, minute - 1, run: run, release: release),
            try event(
                .deploySucceeded, minute, run: run, release: release,
                [DeliveryEvent.committedAt: String(committed.timeIntervalSince1970)]),
        ]
    }

    private func keys(_ events: [DeliveryEvent], days: Double = 10, since: Double = 0) throws -> DeliveryKeys {
        let all = DeliveryKeys.compute(events, since: start + since * 60, now: start + days * 86400)
        return try #require(all.first { $0.environment.value == "prod" })
    }

    @Test func `Releases that became stable are counted, with the median of their lead times`() throws {
        let found = try keys(
            try deployed(100, run: 1, release: 1, lead: 10) + deployed(200, run: 2, release: 2, lead: 30)
                + deployed(300, run: 3, release: 3, lead: 500))
        #expect(found.deployments == 3)
        #expect(found.deploymentsPerDay == 0.3)
        #expect(found.leadTime == 1800)
        #expect((found.changes, found.failures) == (3, 0))
        #expect(found.changeFailureRate == 0)
        #expect(found.timeToRestore == nil)
    }

    @Test func `A release that came back by itself is a failed change, one that saw too little traffic is none`() throws
    {
        let events =
            try deployed(100, run: 1, release: 1) + [
                event(.deployStarted, 200, run: 2, release: 2),
                event(.rolledBack, 204, run: 2, release: 2, ["reason": "badCanary"]),
                event(.deployStarted, 300, run: 3, release: 3),
                event(.rolledBack, 310, run: 3, release: 3, ["reason": "quietCanary"]),
                event(.deployStarted, 400, run: 4, release: 4),
                event(.rolledBack, 401, run: 4, release: 4, ["reason": "aborted"]),
            ]
        let found = try keys(events)
        #expect((found.deployments, found.changes, found.failures) == (1, 2, 1))
        #expect(found.changeFailureRate == 0.5)
        #expect(found.timeToRestore == 240)
    }

    @Test func `What a person rolls back has failed, once, and going back is no deployment`() throws {
        let events =
            try deployed(100, run: 1, release: 1) + deployed(200, run: 2, release: 2) + [
                event(.deployStarted, 219, run: 3, release: 1),
                event(.rolledBack, 220, run: 3, release: 1, ["from": "harbour-2"]),
                event(.deploySucceeded, 220, run: 3, release: 1),
            ]
        let found = try keys(events)
        #expect((found.deployments, found.changes, found.failures) == (2, 2, 1))
        #expect(found.timeToRestore == 1200)
    }

    @Test func `What lies before the span is remembered but not counted, and environments are kept apart`() throws {
        let events =
            try deployed(100, run: 1, release: 1) + deployed(200, run: 2, release: 2) + [
                event(.deployStarted, 219, run: 3, release: 1),
                event(.rolledBack, 220, run: 3, release: 1, ["from": "harbour-2"]),
                event(.deploySucceeded, 230, run: 4, release: 5, environment: "dev"),
            ]
        let found = try keys(events, since: 210)
        #expect((found.deployments, found.failures) == (0, 1))
        #expect(found.leadTime == nil)
        let all = DeliveryKeys.compute(events, since: start, now: start + 86400)
        #expect(all.map(\.environment.value) == ["dev", "prod"])
    }
}
