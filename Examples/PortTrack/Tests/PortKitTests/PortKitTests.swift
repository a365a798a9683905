import FoundationEssentials
import HTTPTypes
import Logging
import PortKit
import Synchronization
import Testing

@Suite("what the services share")
struct PortKitTests {
    @Test("metrics count by route, method and code, and keep a histogram")
    func metrics() {
        let metrics = Metrics()
        metrics.record(route: "/ships", method: "GET", status: 200, seconds: 0.002)
        metrics.record(route: "/ships", method: "GET", status: 200, seconds: 0.3)
        metrics.record(route: "/ships", method: "POST", status: 422, seconds: 0.001)
        let lines = metrics.exposition.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"http_requests_total{route="/ships",method="GET",code="200"} 2"#))
        #expect(lines.contains(#"http_requests_total{route="/ships",method="POST",code="422"} 1"#))
        #expect(lines.contains(#"http_request_duration_seconds_bucket{route="/ships",le="0.005"} 2"#))
        #expect(lines.contains(#"http_request_duration_seconds_bucket{route="/ships",le="+Inf"} 3"#))
    }

    @Test("a log line is one JSON object with its metadata")
    func logLine() throws {
        let box = LineBox()
        let logger = Logger(label: "test") { _ in JSONLogHandler { box.add($0) } }
        logger.info("served \"it\"", metadata: ["path": "/ships"])
        let object = try JSONDecoder().decode([String: String].self, from: Data(try #require(box.lines.first).utf8))
        #expect(object["message"] == "served \"it\"" && object["path"] == "/ships" && object["level"] == "info")
        #expect(object["time"]?.hasSuffix("Z") == true)
    }

    @Test("a database keeps what was written, across openings")
    func database() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "porttrack-\(UUID().uuidString)/test.db").path
        defer { try? FileManager.default.removeItem(atPath: URL(filePath: path).deletingLastPathComponent().path) }
        let schema = ["CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE, weight REAL)"]
        let first = try Database(path: path, schema: schema)
        try await first.run("INSERT INTO thing (name, weight) VALUES (?, ?)", .text("ñandú 'x'"), .real(2.5))
        let second = try Database(path: path, schema: schema)
        let rows = try await second.run("SELECT name, weight, NULL AS absent FROM thing")
        #expect(rows == [["name": .text("ñandú 'x'"), "weight": .real(2.5), "absent": .null]])
    }

    @Test("a broken constraint is told apart from other failures")
    func constraint() async throws {
        let database = try Database(path: ":memory:", schema: ["CREATE TABLE thing (name TEXT UNIQUE)"])
        try await database.run("INSERT INTO thing VALUES ('a')")
        await #expect(throws: Database.Failure.self) { try await database.run("INSERT INTO thing VALUES ('a')") }
        do { try await database.run("INSERT INTO thing VALUES ('a')") } catch let failure as Database.Failure {
            #expect(failure.isConstraint)
        }
        do { try await database.run("SELECT nonsense") } catch let failure as Database.Failure {
            #expect(!failure.isConstraint)
        }
    }

    @Test("validation keeps the first mistake of each field")
    func validation() {
        var validation = Validation()
        validation.check("a", false, "first")
        validation.check("a", false, "second")
        validation.check("b", true, "never")
        let expected = InputError(.unprocessableContent, "the request has mistakes", fields: ["a": "first"])
        #expect(throws: expected) { try validation.finish() }
    }
}

final class LineBox: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
}
