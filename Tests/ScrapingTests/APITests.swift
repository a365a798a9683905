import AsyncHTTPClient
import Foundation
import Hummingbird
import Kube
import Logging
import NIOCore
import NIOHTTP1
import PromQL
import SeriesStore
import Testing
import Web

@testable import Scraping

/// Starts an HTTP server on a free port for the length of a test.
func withServer(_ router: WebRouter, _ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let server = WebServer(
        name: "test", port: 0, responder: router.buildResponder(), logger: Logger(label: "test"),
        ready: { continuation.yield($0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await server.run() }
        group.addTask {
            for await port in ports { return try await body(port) }
        }
        defer { group.cancelAll() }
        try await group.next()
    }
}

struct APITests {
    struct Answer: Sendable {
        let status: Int
        let text: String
    }

    /// Two counters with a sample each 15 s for ten minutes from 1000000 s on.
    static func withAPI(
        _ body: @escaping @Sendable (@escaping @Sendable (String, String?) async throws -> Answer) async throws -> Void
    ) async throws {
        try await withStore { store in
            for (number, code) in ["200", "500"].enumerated() {
                let reference = try store.reference(
                    LabelSet([("__name__", "http_total"), ("code", code), ("job", "web")]))
                let samples = (0...40).map {
                    Sample(reference, 1_000_000_000 + Int64($0) * 15_000, Double($0 * (number + 1) * 15))
                }
                _ = try store.append(samples)
            }
            let now: @Sendable () -> Int64 = { 1_000_600_000 }
            let target = ScrapeTarget(address: "self", pool: "estiba", labels: ["job": "estiba"])
            let scraper = Scraper(store: store, cluster: nil, logger: Logger(label: "test"), now: now)
            try await scraper.book.set("source/0", target, source: ScriptedSource("a 1\n"), now: 0)
            let api = PrometheusAPI(
                engine: QueryEngine(source: store, now: now), store: store, scraper: scraper,
                sources: [ScriptedSource("a 1\n")],
                version: "3.0.0-estiba")
            let router = WebRouter(context: WebContext.self)
            api.addRoutes(to: router)
            try await withServer(router) { port in
                try await body { path, form in
                    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
                    if let form {
                        request.method = .POST
                        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
                        request.body = .bytes(ByteBuffer(string: form))
                    }
                    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
                    let text = String(buffer: try await response.body.collect(upTo: 1 << 24))
                    return Answer(status: Int(response.status.code), text: text)
                }
            }
        }
    }

    @Test("instant and range queries have Prometheus' shapes, by GET and by POST")
    func shapes() async throws {
        try await Self.withAPI { ask in
            let vector = try await ask("/api/v1/query?query=http_total%7Bcode%3D%22200%22%7D&time=1000600", nil)
            #expect(
                vector.text
                    == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"http_total","code":"200","job":"web"},"value":[1000600,"600"]}]}}"#
            )
            let scalar = try await ask("/api/v1/query", "query=1%2B0.5&time=1000000.5")
            #expect(scalar.text == #"{"status":"success","data":{"resultType":"scalar","result":[1000000.5,"1.5"]}}"#)
            let text = try await ask("/api/v1/query?query=%22a%5C%22b%22&time=1970-01-12T13%3A46%3A40Z", nil)
            #expect(text.text == #"{"status":"success","data":{"resultType":"string","result":[1000000,"a\"b"]}}"#)
            let matrix = try await ask(
                "/api/v1/query_range", "query=sum(http_total)&start=1000300&end=1000360&step=30s")
            #expect(
                matrix.text
                    == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1000300,"900"],[1000330,"990"],[1000360,"1080"]]}]}}"#
            )
            let raw = try await ask("/api/v1/query?query=http_total%5B30s%5D&limit=1", nil)
            #expect(
                raw.text
                    == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"http_total","code":"200","job":"web"},"values":[[1000585,"585"],[1000600,"600"]]}]},"warnings":["results truncated due to limit"]}"#
            )
            let empty = try await ask("/api/v1/query?query=nothing", nil)
            #expect(empty.text == #"{"status":"success","data":{"resultType":"vector","result":[]}}"#)
            let infos = try await ask("/api/v1/query?query=rate(up%5B1m%5D)+or+rate(http_total%5B1m%5D)*NaN", nil)
            #expect(infos.text.contains(#""value":[1000600,"NaN"]"#))
        }
    }

    @Test("wrong requests are refused in Prometheus' words")
    func refusals() async throws {
        try await Self.withAPI { ask in
            let cases: [(String, Int, String, String)] = [
                (
                    "query?query=1%2B", 400, "bad_data",
                    "invalid parameter \"query\": 1:3: parse error: unexpected end of input"
                ),
                (
                    "query", 400, "bad_data",
                    "invalid parameter \"query\": 1:1: parse error: no expression found in input"
                ),
                (
                    "query?query=1&time=x", 400, "bad_data",
                    "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp"
                ),
                (
                    "query_range?query=1&start=1&end=0&step=1", 400, "bad_data",
                    "invalid parameter \"end\": end timestamp must not be before start time"
                ),
                (
                    "query_range?query=1&start=0&end=1&step=0", 400, "bad_data",
                    "invalid parameter \"step\": zero or negative query resolution step widths are not accepted. Try a positive integer"
                ),
                (
                    "query_range?query=1&start=0&end=11001&step=1", 400, "bad_data",
                    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
                ),
                (
                    "query_range?query=up%5B1m%5D&start=0&end=1&step=1", 400, "bad_data",
                    "invalid parameter \"query\": invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"
                ),
                ("series", 400, "bad_data", "no match[] parameter provided"),
                (
                    "query?query=http_total*on(job)http_total", 422, "execution",
                    "found duplicate series for the match group {job=\"web\"} on the right hand-side of the operation: [{__name__=\"http_total\", code=\"200\", job=\"web\"}, {__name__=\"http_total\", code=\"500\", job=\"web\"}];many-to-many matching not allowed: matching labels must be unique on one side"
                ),
                ("query?query=info(up)", 422, "execution", "the function info is not supported"),
            ]
            for (path, status, type, message) in cases {
                let answer = try await ask("/api/v1/" + path, nil)
                let tree = try JSON.parse(Array(answer.text.utf8))
                #expect(answer.status == status)
                #expect(tree["status"] == "error")
                #expect(tree["errorType"]?.string == type)
                #expect(tree["error"]?.string == message)
            }
        }
    }

    @Test("series, labels and their values are listed")
    func listing() async throws {
        try await Self.withAPI { ask in
            for (path, data) in [
                ("labels", #"["__name__","code","job"]"#), ("label/code/values", #"["200","500"]"#),
                ("label/code/values?match%5B%5D=http_total%7Bcode%3D~%225..%22%7D", #"["500"]"#),
                ("label/U__co_64_e/values?match%5B%5D=%7Bcode%3D%22200%22%7D", #"["200"]"#),
                (
                    "series?match%5B%5D=http_total%7Bcode%3D%22500%22%7D",
                    #"[{"__name__":"http_total","code":"500","job":"web"}]"#
                ),
                ("series?match%5B%5D=http_total&start=0&end=1", "[]"), ("metadata", "{}"),
                ("query_exemplars?query=a", "[]"),
            ] {
                let answer = try await ask("/api/v1/" + path, nil)
                #expect(answer.text == #"{"status":"success","data":"# + data + "}")
            }
            let limited = try await ask("/api/v1/label/code/values?limit=1", nil)
            #expect(
                limited.text == #"{"status":"success","data":["200"],"warnings":["results truncated due to limit"]}"#)
        }
    }

    @Test("targets, health and build are told")
    func status() async throws {
        try await Self.withAPI { ask in
            let targets = try JSON.parse(Array(try await ask("/api/v1/targets", nil).text.utf8))
            let target = targets[path: "data", "activeTargets"]?.array?.first
            #expect(target?["health"] == "unknown")
            #expect(target?[path: "labels", "job"] == "estiba")
            #expect(try await ask("/api/v1/status/buildinfo", nil).text.contains(#""version":"3.0.0-estiba""#))
            #expect(try await ask("/-/ready", nil).text == "Estiba is Ready.\n")
            #expect(try await ask("/-/healthy", nil).status == 200)
            #expect(try await ask("/metrics", nil).text == "a 1\n")
        }
    }

    @Test("the process is described by what the kernel says")
    func process() async throws {
        let bytes = await ProcessMetrics().exposition()
        let lines = try ExpositionTests.lines(String(decoding: bytes, as: UTF8.self))
        func value(_ name: String) -> Double? {
            lines.first { $0.hasPrefix(name + " = ") }.flatMap { Double($0.dropFirst(name.count + 3)) }
        }
        #expect((value("process_resident_memory_bytes") ?? 0) > 1_000_000)
        #expect((value("process_open_fds") ?? 0) >= 3)
        #expect(value("process_cpu_seconds_total") != nil)
        let start = try #require(value("process_start_time_seconds"))
        #expect((Date().timeIntervalSince1970 - start).magnitude < 86_400)
    }

    static let promtool = ["/usr/bin/promtool"].first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("promtool's queries are answered", .enabled(if: promtool != nil, "needs promtool (Debian: prometheus)"))
    func clients() async throws {
        let tool = try #require(Self.promtool)
        try await withStore { store in
            let reference = try store.reference(LabelSet([("__name__", "up"), ("job", "web")]))
            _ = try store.append([Sample(reference, 1_000_000, 1)])
            let now: @Sendable () -> Int64 = { 1_000_000 }
            let scraper = Scraper(store: store, cluster: nil, logger: Logger(label: "test"), now: now)
            let router = WebRouter(context: WebContext.self)
            PrometheusAPI(
                engine: QueryEngine(source: store, now: now), store: store, scraper: scraper, version: "3.0.0"
            )
            .addRoutes(to: router)
            try await withServer(router) { port in
                func run(_ arguments: [String]) async throws -> String {
                    try await Task {
                        let process = Process()
                        process.executableURL = URL(filePath: tool)
                        process.arguments = arguments
                        let pipe = Pipe()
                        process.standardOutput = pipe
                        process.standardError = pipe
                        try process.run()
                        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
                        process.waitUntilExit()
                        return String(decoding: data, as: UTF8.self)
                    }.value
                }
                let url = "http://127.0.0.1:\(port)"
                let instant = try await run(["query", "instant", "--time=1000", url, "up"])
                #expect(instant == "up{job=\"web\"} => 1 @[1000]\n")
                for (arguments, wanted) in [
                    (["query", "series", "--match=up", "--start=0", "--end=2000", url], "up"),
                    (["query", "labels", url, "job"], "web"),
                    (["query", "range", "--start=1000", "--end=1001", "--step=1s", url, "up"], "1 @[1001]"),
                    (["query", "instant", url, "up{"], "parse error"),
                ] {
                    let output = try await run(arguments)
                    #expect(output.contains(wanted))
                }
            }
        }
    }
}
