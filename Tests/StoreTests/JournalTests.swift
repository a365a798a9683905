import Delivery
import EstibaTesting
import Foundation
import Store
import Testing

@Suite("the journal")
struct JournalTests {
    @Test("keeps events in order, with everything they carry, across openings")
    func keeps() async throws {
        try await TemporaryDirectory.with { directory in
            let app = try AppName("porttrack")
            let prod = try EnvironmentName("prod")
            let release = ReleaseID(app: app, number: 3)
            let at = Date(timeIntervalSince1970: 1_767_225_600.25)
            do {
                let journal = try Journal(path: directory.file("journal.db"), now: { at })
                try await journal.record(
                    .runStarted, app: app, run: RunID(app: app, number: 7), commit: "3f2a9c1", message: "a")
                try await journal.record(
                    .promoted, app: app, release: release, environment: prod, service: "ships", actor: "ana",
                    message: "b",
                    detail: ["p95": "4 ms"])
            }
            let events = try await Journal(path: directory.file("journal.db")).events()
            #expect(events.map(\.sequence) == [1, 2])
            #expect(events[0].run == RunID(app: app, number: 7) && events[0].commit == "3f2a9c1" && events[0].at == at)
            #expect(events[1].release == release && events[1].environment == prod && events[1].actor == "ana")
            #expect(events[1].detail == ["p95": "4 ms"] && events[1].service == "ships" && events[1].kind == .promoted)
        }
    }

    @Test("finds the newest that match, oldest first")
    func filters() async throws {
        try await TemporaryDirectory.with { directory in
            let journal = try Journal(path: directory.file("journal.db"))
            let names = try ["a", "b"].map { try AppName($0) }
            for number in 1...6 {
                try await journal.record(
                    number % 3 == 0 ? .promoted : .canaryStep, app: names[number % 2], message: "\(number)")
            }
            #expect(try await journal.events(.init(app: names[0])).map(\.message) == ["2", "4", "6"])
            #expect(try await journal.events(.init(kinds: [.promoted])).map(\.message) == ["3", "6"])
            #expect(try await journal.events(limit: 2).map(\.message) == ["5", "6"])
            #expect(try await journal.events(after: 4).map(\.message) == ["5", "6"])
        }
    }

    @Test("tells followers what happens after they came")
    func follows() async throws {
        try await TemporaryDirectory.with { directory in
            let journal = try Journal(path: directory.file("journal.db"))
            try await journal.record(.promoted, message: "before")
            var stream = await journal.follow(.init(kinds: [.promoted])).makeAsyncIterator()
            try await journal.record(.canaryStep, message: "other")
            try await journal.record(.promoted, message: "after")
            #expect(await stream.next()?.message == "after")
        }
    }

    @Test("a file that is not a database is a problem with a remedy")
    func notADatabase() async throws {
        try await TemporaryDirectory.with { directory in
            let path = directory.file("journal.db")
            try Data("this is no database, but long enough to be read as one".utf8).write(to: URL(filePath: path))
            let problem = #expect(throws: StoreProblem.self) { try Journal(path: path) }
            #expect(problem?.remedy != nil && problem?.summary.contains(path) == true)
        }
    }
}
