package import FoundationEssentials
import HTTPTypes
import Hummingbird
import Kube
import LogQL
import NIOCore
import Problems
package import Web

/// Loki's HTTP API over the kept lines.
///
/// https://grafana.com/docs/loki/latest/reference/loki-http-api/
package struct LokiRoutes: Sendable {
    private let streams: LogStreams
    private let queries: LogQueries
    private let now: @Sendable () -> Date

    package init(_ streams: LogStreams, now: @escaping @Sendable () -> Date = { Date() }) {
        self.streams = streams
        self.queries = LogQueries(streams)
        self.now = now
    }

    package func add(to router: WebRouter) {
        router.get("/ready") { _, _ in "ready\n" }
        let api = router.group("/loki/api/v1")
        for method in [HTTPRequest.Method.get, .post] {
            api.on("/query_range", method: method, use: queryRange)
            api.on("/query", method: method, use: query)
            api.on("/labels", method: method, use: labels)
            api.on("/series", method: method, use: series)
        }
        api.get("/label/{name}/values", use: values)
        api.get("/status/buildinfo") { _, _ -> Response in
            .tree(["version": "3.0.0", "branch": "estiba", "goVersion": ""])
        }
        api.post("/push", use: push)
    }

    // MARK: Queries

    @Sendable private func queryRange(_ request: Request, _ context: WebContext) async throws -> Response {
        let parameters = try await Parameters(request)
        let end = try parameters.time("end") ?? nanoseconds()
        let start = try parameters.time("start") ?? end - (parameters.seconds("since") ?? 3600) * 1_000_000_000
        let step = parameters.seconds("step").map { $0 * 1_000_000_000 } ?? max(1_000_000_000, (end - start) / 250)
        guard (end - start) / max(1, step) <= 11_000 else {
            throw PlainProblem(
                "logs.resolution", "exceeded maximum resolution of 11,000 points per time series",
                remedy: "Make the step larger or the range shorter.", category: .invalid)
        }
        return answer(
            try await queries.query(
                parameters.required("query"), start: start, end: end, step: step, limit: parameters.limit,
                forward: parameters["direction"]?.lowercased() == "forward"),
            isRange: true)
    }

    @Sendable private func query(_ request: Request, _ context: WebContext) async throws -> Response {
        let parameters = try await Parameters(request)
        let text = try parameters.required("query")
        if case .lines = try LogExpression.parse(text) {
            throw PlainProblem(
                "logs.instant",
                "log queries are not supported as an instant query type, please change your query to a range query type",
                category: .invalid)
        }
        let time = try parameters.time("time") ?? nanoseconds()
        return answer(
            try await queries.query(text, start: time, end: time, step: nil, limit: 1, forward: false), isRange: false)
    }

    private func answer(_ answer: LogQueries.Answer, isRange: Bool) -> Response {
        let kind: String
        let result: [JSON]
        switch answer {
        case .lines(let lines):
            kind = "streams"
            result = lines.map { stream in
                [
                    "stream": JSON(stream.labels),
                    "values": .array(stream.entries.map { [.string(String($0.time)), .string($0.line)] }),
                ]
            }
        case .series(let series):
            kind = isRange ? "matrix" : "vector"
            result = series.map { one in
                let points = one.points.map { point -> JSON in
                    [.double(Double(point.time) / 1000), .string(Self.text(point.value))]
                }
                return isRange
                    ? ["metric": JSON(one.labels), "values": .array(points)]
                    : ["metric": JSON(one.labels), "value": points.last ?? []]
            }
        }
        return .tree([
            "status": "success", "data": ["resultType": .string(kind), "result": .array(result), "stats": [:]],
        ])
    }

    private static func text(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : "\(value)"
    }

    // MARK: Labels

    @Sendable private func labels(_ request: Request, _ context: WebContext) async throws -> Response {
        let names = Set(await streams.series().flatMap(\.keys)).sorted()
        return .tree(["status": "success", "data": .array(names.map { .string($0) })])
    }

    @Sendable private func values(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = context.parameters.get("name") ?? ""
        let values = Set(await streams.series().compactMap { $0[name] }).sorted()
        // An unknown label's answer has no data at all, as in Loki.
        return values.isEmpty
            ? .tree(["status": "success"]) : .tree(["status": "success", "data": .array(values.map { .string($0) })])
    }

    @Sendable private func series(_ request: Request, _ context: WebContext) async throws -> Response {
        let parameters = try await Parameters(request)
        let selectors = parameters.all("match[]") + parameters.all("match")
        var found: Set<[String: String]> = []
        for selector in selectors {
            guard case .lines(let selection) = try LogExpression.parse(selector) else { continue }
            found.formUnion(await streams.series(selection.matchers))
        }
        if selectors.isEmpty { found.formUnion(await streams.series()) }
        return .tree(["status": "success", "data": .array(found.map { JSON($0) }.sorted { $0.text < $1.text })])
    }

    // MARK: Push

    /// `{"streams": [{"stream": {…}, "values": [["nanoseconds", "line"], …]}]}`
    @Sendable private func push(_ request: Request, _ context: WebContext) async throws -> Response {
        guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
            throw PlainProblem(
                "logs.push-format", "only JSON can be pushed", remedy: "Send Content-Type: application/json.",
                category: .unsupported)
        }
        let body = try await request.body.collect(upTo: 16 << 20)
        let tree = try JSON.parse(Array(body.readableBytesView))
        let batches = try (tree["streams"]?.array ?? []).map { stream in
            let entries = try (stream["values"]?.array ?? []).map { value in
                guard let time = value[0]?.string.flatMap({ Int64($0) }), let line = value[1]?.string else {
                    throw PlainProblem(
                        "logs.push-value", "a value must be [\"nanoseconds\", \"line\"]", category: .invalid)
                }
                return LogEntry(time: time, line: line)
            }
            return LogBatch(labels: stream["stream"]?.stringMap ?? [:], entries: entries)
        }
        guard batches.contains(where: { !$0.entries.isEmpty }) else {
            return Response(
                status: .unprocessableContent,
                body: ResponseBody(
                    byteBuffer: ByteBuffer(string: "at least one valid stream is required for ingestion\n")))
        }
        try await streams.append(batches)
        // What is acknowledged is on disk.
        try await streams.flush()
        return Response(status: .noContent)
    }

    private func nanoseconds() -> Int64 { Int64(now().timeIntervalSince1970 * 1e9) }
}

extension Response {
    fileprivate static func tree(_ tree: JSON) -> Response { .bytes(tree.bytes, contentType: "application/json") }
}
