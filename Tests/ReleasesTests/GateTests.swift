import Delivery
import Foundation
import Syntax
import Testing

@testable import Releases

@Suite struct GateTests {
    /// Noon of Wednesday, 2 December 2026, UTC.
    private let now = Date(timeIntervalSince1970: 1_796_212_800)

    private func order(_ hoursAgo: Double) -> DeliveryRecord.Order {
        DeliveryRecord.Order(actor: "ada", at: now - hoursAgo * 3600)
    }

    @Test func `Without gates nothing is asked`() {
        #expect(Gates.decide(GateFacts(), now: now).isEmpty)
        #expect(Gates.keeping([]) == nil)
    }

    @Test func `An approval is waited for, holds for its time, and lapses`() {
        var facts = GateFacts()
        facts.approvers = ["ops", "bob"]
        let waits = "waits for approval by ops, bob"
        #expect(Gates.decide(facts, now: now) == [GateState(.approval, .waits(why: waits, until: nil))])
        facts.approvalLasts = 2 * 3600
        facts.askedAt = now - 3600
        #expect(
            Gates.decide(facts, now: now) == [GateState(.approval, .waits(why: waits, until: now + 3600))])
        facts.askedAt = now - 7200
        #expect(
            Gates.decide(facts, now: now) == [
                GateState(.approval, .refused(why: "nobody of ops, bob has approved within 2 h 00 m"))
            ])
        facts.approval = order(1)
        #expect(Gates.decide(facts, now: now) == [GateState(.approval, .open)])
        facts.approval = order(2)
        #expect(Gates.decide(facts, now: now).first?.summary.hasPrefix("the approval by ada has lapsed") == true)
    }

    @Test func `A freeze waits until its end, a window until it opens, and the first that waits keeps the run`() throws
    {
        var facts = GateFacts()
        facts.freeze = Freeze(
            app: try Samples.app(), environment: try Samples.name("prod"), until: now + 60, reason: "holidays",
            actor: "ada", at: now - 60)
        facts.windows = [TimeWindow(days: [.mon], from: 540, to: 1020)]
        let states = Gates.decide(facts, now: now)
        #expect(states.map(\.gate) == [.freeze, .window])
        #expect(
            states[0].decision
                == .waits(why: "waits: frozen until 2026-12-02T12:01:00Z by ada: holidays", until: now + 60))
        #expect(Gates.keeping(states) == states[0])
        #expect(Gates.keeping(Gates.decide(facts, now: now + 60))?.gate == .window)
        #expect(Gates.keeping(Gates.decide(facts, now: now + 5 * 86400)) == nil)
    }

    struct WindowCase: Sendable {
        let window: TimeWindow
        let at: String
        let isOpen: Bool
        let next: String
    }

    @Test(arguments: [
        WindowCase(window: TimeWindow(), at: "2026-12-02T12:00:00Z", isOpen: true, next: "2026-12-03T00:00:00Z"),
        WindowCase(
            window: TimeWindow(days: [.mon, .wed], from: 540, to: 1020), at: "2026-12-02T09:00:00Z", isOpen: true,
            next: "2026-12-07T09:00:00Z"),
        WindowCase(
            window: TimeWindow(days: [.mon, .wed], from: 540, to: 1020), at: "2026-12-02T17:00:00Z", isOpen: false,
            next: "2026-12-07T09:00:00Z"),
        // Nine in Madrid is eight in winter, and seven in summer.
        WindowCase(
            window: TimeWindow(from: 540, to: 1020, zone: "Europe/Madrid"), at: "2026-12-02T07:59:59Z", isOpen: false,
            next: "2026-12-02T08:00:00Z"),
        WindowCase(
            window: TimeWindow(from: 540, to: 1020, zone: "Europe/Madrid"), at: "2026-07-01T07:00:00Z", isOpen: true,
            next: "2026-07-02T07:00:00Z"),
        // Over midnight: Friday's night ends on Saturday.
        WindowCase(
            window: TimeWindow(days: [.fri], from: 1320, to: 240), at: "2026-12-05T03:59:00Z", isOpen: true,
            next: "2026-12-11T22:00:00Z"),
        WindowCase(
            window: TimeWindow(days: [.fri], from: 1320, to: 240), at: "2026-12-04T03:00:00Z", isOpen: false,
            next: "2026-12-04T22:00:00Z"),
    ])
    func `A window knows when it is open and when it opens next`(_ sample: WindowCase) throws {
        let at = try Date(sample.at, strategy: .iso8601)
        #expect(sample.window.contains(at) == sample.isOpen)
        #expect(sample.window.nextOpening(after: at)?.formatted(.iso8601) == sample.next)
    }

    @Test(
        arguments: [
            ("2h", "2026-12-02T14:00:00Z"), ("2026-12-24", "2026-12-24T00:00:00Z"),
            ("2026-12-24T08:00", "2026-12-24T08:00:00Z"), ("2026-12-24T08:00:00+01:00", "2026-12-24T07:00:00Z"),
            ("2026-12-24T08:00:00Z", "2026-12-24T08:00:00Z"), ("next week", nil),
        ] as [(String, String?)])
    func `The end of a freeze is a length or a date`(_ text: String, _ expected: String?) {
        #expect(FreezeEnd.parse(text, now: now)?.formatted(.iso8601) == expected)
    }

    @Test func `Gates are read from the file, and slips are shown at their place`() throws {
        let file = try Samples.read(
            """
            app: harbour
            environments:
              prod:
                approve: { by: [ops], lasts: 2d }
                windows:
                  - { days: [mon-thu, sun], hours: 09:00-17:30, zone: Europe/Madrid }
                  - { days: fri-mon }
                verify: e2e.yml
            """)
        let plan = try #require(file.environments.first)
        #expect(plan.approvers == ["ops"])
        #expect(plan.approvalLasts == 172_800)
        #expect(
            plan.windows == [
                TimeWindow(days: [.mon, .tue, .wed, .thu, .sun], from: 540, to: 1050, zone: "Europe/Madrid"),
                TimeWindow(days: [.mon, .fri, .sat, .sun]),
            ])
        #expect(plan.verify == "e2e.yml")
        let wrong: [(String, String)] = [
            ("windows: [{ days: monday }]", "releases.file.days"),
            ("windows: [{ hours: 9-17 }]", "releases.file.hours"),
            ("windows: [{ hours: 09:00-25:00 }]", "releases.file.hours"),
            ("windows: [{ zone: Madrid }]", "releases.file.zone"), ("approve: { lasts: 1h }", "yaml.missing-key"),
            ("approve: { by: [ops], lasts: soon }", "releases.file.duration"),
        ]
        for (text, code) in wrong {
            #expect("\(text)") { try Samples.read("app: harbour\nenvironments:\n  prod:\n    \(text)\n") } throws: {
                ($0 as? Diagnostics)?.all.map(\.code) == [code]
            }
        }
    }
}
