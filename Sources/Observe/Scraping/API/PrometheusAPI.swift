import HTTPTypes
import Hummingbird
import Kube
import PromQL
package import SeriesStore
package import Web

/// Prometheus' HTTP API over the store of series. https://prometheus.io/docs/prometheus/latest/querying/api/
package struct PrometheusAPI: Sendable {
    let engine: QueryEngine
    let store: TimeSeries
    let book: TargetBook
    let version: String
    private let sources: [any MetricsSource]

    /// - Parameters:
    ///   - scraper: Whose targets and metadata are shown.
    ///   - sources: What `/metrics` shows.
    package init(
        engine: QueryEngine, store: TimeSeries, scraper: Scraper, sources: [any MetricsSource] = [], version: String
    ) {
        self.engine = engine
        self.store = store
        self.sources = sources
        self.version = version
        book = scraper.book
    }

    /// The most points that a range query may have for each series.
    static let maximumPoints: Int64 = 11_000

    package func addRoutes(to router: WebRouter) {
        add("query", to: router) { parameters, _ in try await instant(parameters) }
        add("query_range", to: router) { parameters, _ in try await range(parameters) }
        add("series", to: router) { parameters, _ in try series(parameters) }
        add("labels", to: router) { parameters, _ in try labelNames(parameters) }
        add("label/:name/values", to: router) { parameters, context in
            try labelValues(parameters, context.parameters.require("name"))
        }
        add("metadata", to: router) { parameters, _ in try await metadata(parameters) }
        add("targets", to: router) { parameters, _ in await targets(parameters) }
        add("query_exemplars", to: router) { _, _ in ResultWriter.answer { $0 += Array("[]".utf8) } }
        add("status/buildinfo", to: router) { _, _ in
            let data: JSON = [
                "version": .string(version), "revision": "", "branch": "", "buildUser": "", "buildDate": "",
                "goVersion": "",
            ]
            return ResultWriter.answer { data.write(into: &$0) }
        }
        router.get("-/ready") { _, _ in Response.bytes(Array("Estiba is Ready.\n".utf8), contentType: Self.plain) }
        router.get("-/healthy") { _, _ in Response.bytes(Array("Estiba is Healthy.\n".utf8), contentType: Self.plain) }
        router.get("metrics") { _, _ in
            var bytes: [UInt8] = []
            for source in sources { bytes += await source.exposition() }
            return Response.bytes(bytes, contentType: "text/plain; version=0.0.4; charset=utf-8")
        }
    }

    private static let plain = "text/plain; charset=utf-8"

    private func add(
        _ path: String, to router: WebRouter,
        _ answer: @escaping @Sendable (Parameters, WebContext) async throws -> [UInt8]
    ) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on(RouterPath("api/v1/" + path), method: method) { request, context in
                do {
                    let parameters = try await Parameters(request, context)
                    return Response.bytes(try await answer(parameters, context), contentType: "application/json")
                } catch {
                    return APIError(error).response
                }
            }
        }
    }
}
