import Foundation
import Linux
import Problems
import Testing

@testable import estiba

struct TerminalTests {
    private let plain = Style(isTerminal: false, width: 100)

    @Test(arguments: [
        (0.0042, "4 ms"), (0.9994, "999 ms"), (1, "1.0 s"), (21.44, "21.4 s"), (66, "1 m 06 s"), (719.6, "12 m 00 s"),
        (3600, "1 h 0 m"),
        (90_000, "1 d 1 h"),
    ])
    func `durations read as people say them`(_ seconds: Double, _ text: String) {
        #expect(readable(seconds: seconds) == text)
    }

    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (14_200_000, "14.2 MB"), (2_500_000_000_000, "2500.0 GB"),
    ])
    func `sizes read as people say them`(_ bytes: Int, _ text: String) {
        #expect(readable(bytes: bytes) == text)
    }

    @Test func `columns are as wide as their widest cell`() {
        var table = TextTable(["APP", "COMMIT"])
        table.add(["porttrack", "1234567"])
        table.add(["a", "-"])
        #expect(table.render(plain) == "APP        COMMIT\nporttrack  1234567\na          -")
    }

    @Test(arguments: [("30s", 30), ("10m", 600), ("2h", 7200), ("1d", 86400)] as [(String, Double)])
    func `lengths of time are read`(_ text: String, _ seconds: Double) throws {
        #expect(try duration(seconds: text) == seconds)
    }

    @Test(arguments: ["", "s", "10", "-1s", "1w", "0s"])
    func `what is no length of time is refused`(_ text: String) {
        #expect(throws: (any Error).self) { try duration(seconds: text) }
    }

    @Test(arguments: [
        (
            #"{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": 1:5: parse error: no expression"}"#,
            5
        ),
        ("query:1:5: no expression\n", 5), ("parse error at line 1, col 4: no expression", 4),
    ])
    func `a refused query is shown with a caret under its place`(_ answer: String, _ column: Int) {
        let problem = QueryRefusal.problem("query.refused", "sum( rate", status: 400, Data(answer.utf8))
        #expect(problem.summary == "no expression")
        #expect(problem.location?.column == column && problem.location?.excerpt == "sum( rate")
    }

    @Test(arguments: [
        (#"{"status":"error","error":"too many samples"}"#, "too many samples"), ("", "the server answered 503"),
    ])
    func `a refusal without a place is shown in its words`(_ answer: String, _ words: String) {
        let problem = QueryRefusal.problem("query.refused", "up", status: 503, Data(answer.utf8))
        #expect(problem.summary == words && problem.location == nil)
    }

    @Test func `the doctor says what, whether it is fine, and how to mend it`() {
        let report = DoctorCommand.report(
            [
                MachineFinding("git", .ok, "git 2.39.5"),
                MachineFinding("container runtime", .missing, "neither", remedy: "Install crun: apt install crun"),
            ], plain)
        #expect(
            report == """
                ok        git                git 2.39.5
                missing   container runtime  neither
                          → Install crun: apt install crun

                Estiba can't work here yet: 1 missing. Follow the arrows, then ask again.
                """)
    }

    @Test func `a sparkline goes from the lowest to the highest`() {
        #expect(sparkline([0, 7]) == "▁█")
        #expect(sparkline([3, 3]) == "▁▁")
        #expect(sparkline([0, .nan, 1]) == "▁ █")
        #expect(sparkline([]) == "")
    }
}
