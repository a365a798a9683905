import Delivery
import Foundation
import Problems
import Synchronization
import Testing

@testable import Console

@Suite("live pages")
struct LiveTests {
    private func text(_ bytes: [UInt8]?) -> String { String(decoding: bytes ?? [], as: UTF8.self) }

    @Test("events keep to the wire form, whatever the text")
    func wire() {
        #expect(
            text(EventStream.event("page", "a\nb\r\nc\rd")) == "event: page\ndata: a\ndata: b\ndata: c\ndata: d\n\n")
        #expect(text(EventStream.event("line", "", id: 7)) == "event: line\nid: 7\ndata: \n\n")
        #expect(
            text(EventStream.event("page", "\n\nevent: x\n\n"))
                == "event: page\ndata: \ndata: \ndata: event: x\ndata: \ndata: \n\n")
    }

    /// Renders these one after the other, then ends the stream as a reader that leaves does.
    private func updates(_ looks: [Result<HTML, PlainProblem>]) -> LiveUpdates {
        let position = Mutex(0)
        return LiveUpdates(
            pause: { if position.withLock({ $0 }) >= looks.count { throw CancellationError() } },
            render: {
                let look = position.withLock { index in
                    defer { index += 1 }
                    return looks[index]
                }
                return try look.get()
            })
    }

    @Test("a page is sent when it changes, and a sign of life when it doesn't")
    func changes() async throws {
        let same = Array(repeating: Result<HTML, PlainProblem>.success("<b>1</b>"), count: LiveUpdates.quietLooks + 1)
        let problem = PlainProblem("x", "the store is gone")
        var events: [String] = []
        for try await event in updates(
            same + [.success("<b>2</b>"), .failure(problem), .failure(problem), .success("<b>2</b>")])
        {
            events.append(text(event))
        }
        #expect(events.count == 6)
        #expect(events[0] == "retry: 2000\nevent: hello\ndata: \(Asset.build)\n\n")
        #expect(events[1] == "event: page\ndata: <b>1</b>\n\n")
        #expect(events[2] == ": \n\n")
        #expect(events[3] == "event: page\ndata: <b>2</b>\n\n")
        #expect(events[4] == "event: trouble\ndata: the store is gone\n\n")
        #expect(events[5] == events[3])
    }

    private func log(_ texts: [String], error: (any Error)? = nil) -> AsyncThrowingStream<LogLineFacts, any Error> {
        AsyncThrowingStream { continuation in
            for text in texts { continuation.yield(LogLineFacts(at: Port.now, kind: .output, text: text)) }
            continuation.finish(throwing: error)
        }
    }

    @Test("a log goes on where the reader was, and says its end")
    func logs() async throws {
        var events: [String] = []
        for try await event in LogEvents(lines: log(["a", "<b>", "c"]), read: 1) { events.append(text(event)) }
        #expect(
            events == [
                "event: line\nid: 2\ndata: <div class=\"line output\">&lt;b&gt;</div>\n\n",
                "event: line\nid: 3\ndata: <div class=\"line output\">c</div>\n\n", "event: end\ndata: \n\n",
            ])
        events = []
        for try await event in LogEvents(lines: log(["a"], error: PlainProblem("x", "disk gone")), read: 0) {
            events.append(text(event))
        }
        #expect(events.last == "event: end\ndata: disk gone\n\n")
    }

    @Test("kinds of lines are told apart, also as text")
    func kinds() {
        func line(_ kind: LogLineFacts.Kind) -> LogLineFacts {
            LogLineFacts(at: Port.now, kind: kind, text: "\u{1B}[31mx\u{1B}[0m")
        }
        #expect(text(LogMarkup.text(line(.command))) == "$ x\n")
        #expect(text(LogMarkup.text(line(.step))) == "▸ x\n")
        #expect(text(LogMarkup.text(line(.error))) == "error: x\n")
        for kind in LogLineFacts.Kind.allCases {
            #expect(LogMarkup.html(line(kind)).text.hasPrefix("<div class=\"line \(kind.rawValue)\">"))
        }
    }
}
