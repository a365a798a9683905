import FoundationEssentials
import Kube
import Testing

@testable import Node

struct LogLinesTests {
    static let file = """
        2026-11-21T09:00:00.000000001Z stdout F one
        2026-11-21T09:00:01.000000001Z stderr P tw
        2026-11-21T09:00:01.000000002Z stderr F o
        2026-11-21T09:00:02.000000001Z stdout F 
        2026-11-21T09:00:03.000000001Z stdout F three

        """

    func read(_ options: LogOptions, pieces: Int = 7) -> String {
        let bytes = Array(Self.file.utf8)
        var lines = LogLines(options)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            out += lines.feed(bytes[start..<min(start + pieces, bytes.count)])
        }
        return String(decoding: out, as: UTF8.self)
    }

    @Test(arguments: [1, 7, 1000]) func `a log is read in whatever pieces it comes`(_ pieces: Int) {
        #expect(read(LogOptions(), pieces: pieces) == "one\ntwo\n\nthree\n")
    }

    @Test func `times stand before whole lines`() {
        #expect(read(LogOptions(timestamps: true)).contains("2026-11-21T09:00:01.000000001Z two\n"))
    }

    @Test func `older lines are left out`() {
        #expect(read(LogOptions(since: Timestamp.date("2026-11-21T09:00:02Z"))) == "\nthree\n")
    }

    @Test func `no more bytes are given than were asked for`() {
        #expect(read(LogOptions(limitBytes: 6)) == "one\ntw")
        #expect(read(LogOptions(limitBytes: 0)) == "")
    }

    @Test(arguments: [
        (0, ""), (1, "three\n"), (2, "\nthree\n"), (3, "two\n\nthree\n"), (4, "one\ntwo\n\nthree\n"),
        (9, "one\ntwo\n\nthree\n"),
    ])
    func `the last lines are found from the end`(_ count: Int, _ expected: String) {
        let bytes = Array(Self.file.utf8)
        var lines = LogLines(LogOptions())
        let (offset, found) = LogLines.start(ofLast: count, in: bytes)
        #expect(String(decoding: lines.feed(bytes[offset...]), as: UTF8.self) == expected)
        #expect(found == min(count, 4))
    }
}
