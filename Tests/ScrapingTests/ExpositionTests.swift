import Testing

@testable import Scraping

struct ExpositionTests {
    static func lines(_ text: String, _ dialect: ExpositionParser.Dialect = .text) throws -> [String] {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBufferPointer { buffer in
            var parser = ExpositionParser(buffer, dialect: dialect)
            var lines: [String] = []
            while let line = try parser.next() {
                switch line {
                case .sample(let series, let value, let time):
                    let name = String(decoding: buffer[series], as: UTF8.self)
                    lines.append("\(name) = \(value)" + (time.map { " @ \($0)" } ?? ""))
                case .help(let name, let text): lines.append("help \(name): \(text)")
                case .type(let name, let type): lines.append("type \(name): \(type)")
                case .unit(let name, let unit): lines.append("unit \(name): \(unit)")
                }
            }
            return lines
        }
    }

    @Test("the text format is read line by line")
    func textFormat() throws {
        let text = """
            # HELP http_requests_total The total\\nnumber \\\\ of requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400",}    3 -1
            # A comment, and an empty line

            \tmsdos_file_access_time_seconds{path="C:\\\\DIR\\\\F}I\\"LE.TXT"} 1.458255915e9
            metric_without_timestamp_and_labels 12.47
            something_weird{problem="division by zero"} +Inf -3982045
            rpc_duration_seconds{quantile="0.01"}\t3102\r
            nan NaN
            # TYPE untyped_thing untyped
            last -0.5
            """
        #expect(
            try Self.lines(text) == [
                "help http_requests_total: The total\nnumber \\ of requests.", "type http_requests_total: counter",
                "http_requests_total{method=\"post\",code=\"200\"} = 1027.0 @ 1395066363000",
                "http_requests_total{method=\"post\",code=\"400\",} = 3.0 @ -1",
                "msdos_file_access_time_seconds{path=\"C:\\\\DIR\\\\F}I\\\"LE.TXT\"} = 1458255915.0",
                "metric_without_timestamp_and_labels = 12.47",
                "something_weird{problem=\"division by zero\"} = inf @ -3982045",
                "rpc_duration_seconds{quantile=\"0.01\"} = 3102.0", "nan = nan", "type untyped_thing: unknown",
                "last = -0.5",
            ])
    }

    @Test("OpenMetrics has seconds, exemplars and an end")
    func openMetrics() throws {
        let text = """
            # TYPE foo_seconds counter
            # UNIT foo_seconds seconds
            foo_seconds_total 17.5 1520879607.789 # {trace_id="x"} 0.5
            foo_seconds_created 1520430000.123
            # EOF
            ignored 1
            """
        #expect(
            try Self.lines(text, .openMetrics) == [
                "type foo_seconds: counter", "unit foo_seconds: seconds", "foo_seconds_total = 17.5 @ 1520879607789",
                "foo_seconds_created = 1520430000.123",
            ])
        #expect(throws: ScrapingProblem.self) { try Self.lines("a 1\n", .openMetrics) }
    }

    @Test(
        "a line that cannot be read is named",
        arguments: [
            ("a 1\nb\n", 2, "a value is missing"), ("a x", 1, "\"x\" is not a number"),
            ("a{b=\"c\" 1", 1, "the closing brace is missing"), ("\n\na 1 x", 3, "\"x\" is not a timestamp"),
            ("a 1 2 3", 1, "\"3\" after the timestamp is unexpected"),
            ("a 1 1.5", 1, "\"1.5\" is not a timestamp in milliseconds"),
        ])
    func problems(text: String, line: Int, what: String) {
        #expect(throws: ScrapingProblem.syntax(line: line, what)) { try Self.lines(text) }
    }

    @Test(
        "names and labels are taken apart",
        arguments: [
            ("up", "__name__=up"), ("a:b{}", "__name__=a:b"),
            ("m{a=\"1\", b=\"x\\\"y\\nz\\\\\"}", "__name__=m,a=1,b=x\"y\nz\\"),
            ("{\"my.metric\", \"a.b\"=\"c\"}", "__name__=my.metric,a.b=c"), ("m {a=\"1\",}", "__name__=m,a=1"),
        ])
    func series(text: String, wanted: String) throws {
        let pairs = try SeriesText.parse(Array(text.utf8))
        #expect(pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ",") == wanted)
    }

    @Test(
        "wrong labels are problems",
        arguments: ["m{a}", "m{a=1}", "m{a=\"1\" b=\"2\"}", "{a=\"1\"}", "1m", "m{a=\"1\",a=\"2\"}", "m{=\"\"}", "m-x"])
    func wrongSeries(text: String) {
        #expect(throws: ScrapingProblem.self) { try SeriesText.parse(Array(text.utf8)) }
    }

    @Test(
        "numbers are exact",
        arguments: [
            "0", "1", "-1", "0.1", "123456789012345", "1234567890123456789", "1.7976931348623157e308", "3.14159",
            "1e-7", "0.000001", "+5", "-0.0",
        ])
    func numbers(text: String) {
        let bytes = Array(text.utf8)
        let value = bytes.withUnsafeBufferPointer { NumberBytes.parse($0) }
        #expect(value?.bitPattern == Double(text)?.bitPattern)
        for wrong in ["", "-", ".", "1.2.3", "1e", "abc", "0y"] {
            #expect(Array(wrong.utf8).withUnsafeBufferPointer { NumberBytes.parse($0) } == nil)
        }
    }
}
