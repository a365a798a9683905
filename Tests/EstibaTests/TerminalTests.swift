import Foundation
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

    @Test func `a sparkline goes from the lowest to the highest`() {
        #expect(sparkline([0, 7]) == "▁█")
        #expect(sparkline([3, 3]) == "▁▁")
        #expect(sparkline([0, .nan, 1]) == "▁ █")
        #expect(sparkline([]) == "")
    }
}
