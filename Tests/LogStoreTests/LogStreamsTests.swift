import EstibaTesting
import LogQL
import LogStore
import Testing

@Suite("kept log lines")
struct LogStreamsTests {
    let ships = ["app": "porttrack", "service": "ships"]

    func matchers(_ text: String) throws -> [LabelMatcher] {
        guard case .lines(let selection) = try LogExpression.parse(text) else { return [] }
        return selection.matchers
    }

    func entries(_ range: Range<Int64>) -> [LogEntry] { range.map { LogEntry(time: $0, line: "line \($0) ñ") } }

    @Test("are there at once, and again after a restart")
    func keeps() async throws {
        try await TemporaryDirectory.with { directory in
            let selector = try matchers(#"{app="porttrack"}"#)
            let first = try LogStreams(path: directory.file("logs.db"))
            try await first.append([LogBatch(labels: ships, entries: entries(1..<1000))])
            let before = try await first.lines(selector, after: 0, upTo: 10_000)
            #expect(before.first?.entries.count == 999)
            try await first.flush()
            try await first.append([LogBatch(labels: ships, entries: entries(1000..<1010))])
            let both = try await first.lines(selector, after: 990, upTo: 1004)
            #expect(both.first?.entries.map(\.time) == Array(991...1004))
            try await first.flush()
            let second = try LogStreams(path: directory.file("logs.db"))
            let after = try await second.lines(selector, after: 0, upTo: 10_000)
            #expect(after.first?.entries.count == 1009 && after.first?.entries.last?.line == "line 1009 ñ")
            #expect(after.first?.labels == ships)
            let newest = try await second.newest(ships)
            #expect(newest == 1009)
        }
    }

    @Test("small chunks are joined, old ones forgotten, and nothing else is lost")
    func compacts() async throws {
        try await TemporaryDirectory.with { directory in
            let streams = try LogStreams(path: directory.file("logs.db"))
            for start in stride(from: Int64(0), to: 200, by: 10) {
                try await streams.append([LogBatch(labels: ships, entries: entries(start + 1..<start + 11))])
                try await streams.flush()
            }
            try await streams.compact(before: 50)
            let kept = try await streams.lines(try matchers(#"{app="porttrack"}"#), after: 0, upTo: 1000)
            #expect(kept.first?.entries.map(\.time) == Array(41...200))
        }
    }

    @Test("selectors decide, absent labels count as empty")
    func selects() async throws {
        try await TemporaryDirectory.with { directory in
            let streams = try LogStreams(path: directory.file("logs.db"))
            try await streams.append([
                LogBatch(labels: ships, entries: entries(1..<2)),
                LogBatch(
                    labels: ["app": "porttrack", "service": "routes", "track": "canary"], entries: entries(1..<2)),
            ])
            for (text, count) in [
                (#"{app="porttrack"}"#, 2), (#"{app="porttrack",track=""}"#, 1), (#"{service=~"sh.*|x"}"#, 1),
                (#"{app="x"}"#, 0),
            ] {
                let found = try await streams.lines(try matchers(text), after: 0, upTo: 10)
                #expect(found.count == count)
            }
        }
    }

    @Test("there is a limit to the number of streams")
    func limit() async throws {
        try await TemporaryDirectory.with { directory in
            let streams = try LogStreams(path: directory.file("logs.db"), streamLimit: 2)
            try await streams.append([
                LogBatch(labels: ["a": "1"], entries: entries(1..<2)),
                LogBatch(labels: ["a": "2"], entries: entries(1..<2)),
            ])
            await #expect(throws: LogStoreProblem.self) {
                try await streams.append([LogBatch(labels: ["a": "3"], entries: entries(1..<2))])
            }
        }
    }
}
