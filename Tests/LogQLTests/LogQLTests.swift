import LogQL
import Problems
import Syntax
import Testing

@Suite("LogQL")
struct LogQLTests {
    static let stream = ["app": "porttrack", "service": "ships"]
    static let lines = [
        #"{"level":"info","path":"/ships","status":200,"took":{"ms":4}}"#,
        #"{"level":"error","path":"/ships","status":500,"message":"disk full"}"#,
        #"level=warn path=/routes status=404 msg="not known""#,
        "plain text",
    ]

    static let selections: [(String, [Int])] = [
        (#"{app="porttrack"}"#, [0, 1, 2, 3]), (#"{app="x"}"#, []),
        (#"{app=~"port.*", service!="routes"}"#, [0, 1, 2, 3]),
        (#"{app="porttrack"} |= "ships""#, [0, 1]), (#"{app="porttrack"} |= "ships" != "error""#, [0]),
        (#"{app="porttrack"} |~ `status[=":]+[45]\d\d`"#, [1, 2]), (#"{app="porttrack"} !~ `^."level`"#, [2, 3]),
        (#"{app="porttrack"} | json | level="error""#, [1]), (#"{app="porttrack"} | json | status >= 500"#, [1]),
        (#"{app="porttrack"} | json | took_ms < 5"#, [0]), (#"{app="porttrack"} | logfmt | msg="not known""#, [2]),
        (#"{app="porttrack"} | json | __error__=""  "#, [0, 1]), (#"{app="porttrack"} | json | status=~"5..""#, [1]),
        ("{app=\"porttrack\"} # comment\n |= \"plain\"", [3]),
    ]

    static let errors: [(String, Int, String)] = [
        ("", 1, "expected a selector"), ("{}", 1, "queries require at least one"),
        (#"{app=~".*"}"#, 1, "queries require at least one"),
        (#"{app="a"} |= x"#, 14, "expected a string"), (#"{app="a"} | line_format "x""#, 13, "not supported yet"),
        (#"rate({app="a"})"#, 15, "expected \"[\""), (#"summ(rate({app="a"}[1m]))"#, 1, "\"summ\" is not a function"),
        (#"{app="a"#, 6, "never closed"), (#"{app=~"("}"#, 7, "not a regular expression"),
        (#"rate({app="a"}[5])"#, 16, "a duration"),
    ]

    static let counted: [(String, [Double])] = [
        (#"count_over_time({service="ships"}[10s])"#, [10.0]), (#"rate({service="ships"}[20s])"#, [1]),
        (#"count_over_time({service="ships"} |= "error" [1m])"#, [6]),
        (#"bytes_over_time({service="ships"} |= "fine" [5s])"#, [20]),
        (#"sum(count_over_time({app="p"}[10s]))"#, [20]), (#"sum by (service) (rate({app="p"}[10s]))"#, [1, 1]),
        (#"sum(rate({app="p"} |= "error" [1m])) / sum(rate({app="p"}[1m])) * 100"#, [10.0]),
        (#"count(rate({app="p"}[10s])) > 1"#, [2]), (#"count(rate({app="p"}[10s])) > 2"#, []),
        (#"topk(1, sum by (service) (count_over_time({app="p"}[10s])))"#, [10]),
        (#"count_over_time({service="ships"}[10s] offset 50s)"#, [10]),
    ]

    func passing(_ query: String) throws -> [Int] {
        guard case .lines(let selection) = try LogExpression.parse(query) else { return [] }
        let processor = LineProcessor(selection)
        guard selection.matchers.allSatisfy({ $0.accepts(Self.stream) }) else { return [] }
        return Self.lines.indices.filter { processor.labels(of: Self.lines[$0], in: Self.stream) != nil }
    }

    @Test(
        "selects lines",
        arguments: selections)
    func select(query: String, expected: [Int]) throws {
        #expect(try passing(query) == expected)
    }

    @Test("a label of the stream is not overwritten by one of the line")
    func extracted() throws {
        guard case .lines(let selection) = try LogExpression.parse(#"{app="a"} | json"#) else { return }
        let labels = LineProcessor(selection).labels(of: #"{"app":"other","x y":1}"#, in: ["app": "a"])
        #expect(labels == ["app": "a", "app_extracted": "other", "x_y": "1"])
    }

    @Test(
        "says what is wrong, and where",
        arguments: errors)
    func mistakes(query: String, column: Int, message: String) {
        let diagnostic = #expect(throws: Diagnostic.self) { try LogExpression.parse(query) }
        #expect(diagnostic?.location?.column == column)
        #expect(diagnostic?.summary.contains(message) == true)
    }

    /// One line of each second from 0 to 59; every tenth is an error.
    func evaluate(_ query: String, steps: [Int64]) throws -> [LogSeries] {
        guard case .metric(let metric) = try LogExpression.parse(query) else { return [] }
        let entries = (0..<60).map { (time: Int64($0) * 1_000_000_000, line: $0 % 10 == 0 ? "error \($0)" : "fine") }
        let streams = ["ships", "routes"].map { LogLines(labels: ["app": "p", "service": $0], entries: entries) }
        let evaluator = MetricEvaluator(steps: steps) { matchers in
            streams.filter { stream in matchers.allSatisfy { $0.accepts(stream.labels) } }
        }
        return evaluator.evaluate(metric)
    }

    @Test(
        "makes numbers of lines",
        arguments: counted)
    func numbers(query: String, expected: [Double]) throws {
        let values = try evaluate(query, steps: [59_000]).flatMap(\.points).map(\.value)
        #expect(values.count == expected.count)
        for (value, expected) in zip(values, expected) { #expect(abs(value - expected) < 1e-9) }
    }

    @Test("a step without lines has no point")
    func gaps() throws {
        let series = try evaluate(#"count_over_time({service="ships"}[10s])"#, steps: [30_000, 60_000, 90_000])
        #expect(series.first?.points.map(\.time) == [30_000, 60_000])
    }
}
