import Delivery
import Foundation
import Releases
import Testing

@testable import estiba

struct ProgressBoardTests {
    /// When the lines below were written.
    private let start = Date(timeIntervalSince1970: 1_767_225_600)

    private func line(
        _ stage: String, _ status: StageStatus, _ detail: String, seconds: Double? = nil, evidence: [String] = []
    ) throws -> DeliveryProgress {
        let run = String(decoding: try JSONEncoder().encode(try #require(RunID("hello/1"))), as: UTF8.self)
        var text =
            "{\"run\":\(run),\"sequence\":1,\"at\":\"2026-01-01T00:00:00Z\",\"stage\":\"\(stage)\",\"status\":\"\(status.rawValue)\","
        text +=
            "\"detail\":\"\(detail)\",\"evidence\":\(String(decoding: try JSONEncoder().encode(evidence), as: UTF8.self))"
        if let seconds { text += ",\"seconds\":\(seconds)" }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(DeliveryProgress.self, from: Data((text + "}").utf8))
    }

    @Test func `without a terminal there is a line for each change, and none for what is not news`() throws {
        var board = ProgressBoard(style: Style(isTerminal: false, width: 100))
        #expect(board.change(adding: try line("ci", .running, "test")) == "  … ci       test  ")
        #expect(board.change(adding: try line("ci", .running, "test")) == nil)
        #expect(
            board.change(adding: try line("ci", .ok, "test, check", seconds: 1.25)) == "  ✓ ci       test, check  1.3 s"
        )
        let failed = board.change(adding: try line("prod", .failed, "came back", evidence: ["5 of 20"]))
        #expect(failed == "  ✗ prod     came back  \n      5 of 20")
    }

    @Test func `on a terminal the stages are drawn again in their order, the run on top`() throws {
        var board = ProgressBoard(style: Style(isTerminal: true, width: 100))
        let first = board.redraw(adding: try line("ci", .running, "test"), now: start)
        #expect(first.contains("ci") && !first.contains("\u{1B}[1A"))
        let second = board.redraw(adding: try line("run", .running, "delivery"), now: start)
        #expect(second.hasPrefix("\u{1B}[1A"))
        let rows = second.split(separator: "\n")
        #expect(rows.count == 2)
        #expect(rows[0].contains("run") && rows[1].contains("ci"))
        #expect(board.redraw(adding: try line("ci", .ok, "done"), now: start).hasPrefix("\u{1B}[2A"))
    }

    @Test func `on a terminal what lasts shows for how long it has`() throws {
        var board = ProgressBoard(style: Style(isTerminal: true, width: 100))
        _ = board.redraw(adding: try line("ci", .running, "test"), now: start)
        #expect(board.redraw(now: start.addingTimeInterval(75)).contains("1 m 15 s"))
        _ = board.redraw(adding: try line("ci", .ok, "done", seconds: 80), now: start.addingTimeInterval(80))
        #expect(board.redraw(now: start.addingTimeInterval(200)).contains("1 m 20 s"))
    }

    @Test func `a line that is too long for the terminal is cut`() throws {
        var board = ProgressBoard(style: Style(isTerminal: true, width: 40))
        let text = board.redraw(adding: try line("ci", .running, String(repeating: "x", count: 200)), now: start)
        #expect(text.contains("x…"))
        #expect(text.count { $0 == "x" } < 30)
    }
}
