import Delivery
import Foundation
import Hummingbird
import LogStore
import Scraping
import SeriesStore
import ServiceLifecycle
import Web

/// Metrics and logs.
struct ObserveParts: Sendable {
    let services: [any ServiceLifecycle.Service]
    let queries: QueryEngine
    let logs: LogStreams
}

extension Parts {
    func observe(_ base: Foundations, _ engine: EngineParts) async throws -> ObserveParts {
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
        var seriesOptions = TimeSeries.Options()
        seriesOptions.retention = Int64(config.retention.metricsDays) * 86_400_000
        let series = try TimeSeries(folder: data.series, options: seriesOptions)
        let queries = QueryEngine(source: series, now: now)
        let own: [any MetricsSource] = [
            ProcessMetrics(), StoreMetrics(store: series), LedgerMetrics(ledger: base.ledger),
            NodeMetrics(node: engine.node), KeyMetrics(keys: KeyLedger(journal: base.journal)),
        ]
        let target = { (job: String) in
            ScrapeTarget(address: job, pool: "estiba", labels: ["job": job, "instance": "estiba"], honorsLabels: true)
        }
        var options = Scraper.Options()
        options.interval = .seconds(5)
        options.timeout = .seconds(4)
        let scraper = Scraper(
            store: series, cluster: engine.client,
            sources: zip(["estiba", "estiba-series", "estiba-gateway", "estiba-node", "estiba-dora"], own).map {
                (target($0), $1)
            },
            options: options, logger: label("scraping"), now: now)
        let prometheus = WebRouter(context: WebContext.self)
        PrometheusAPI(engine: queries, store: series, scraper: scraper, sources: own, version: Composition.version)
            .addRoutes(to: prometheus)

        let logs = try LogStreams(path: data.database("logs"))
        let loki = WebRouter(context: WebContext.self)
        loki.add(middleware: ProblemMiddleware(.text))
        LokiRoutes(logs).add(to: loki)
        return ObserveParts(
            services: [
                scraper, SeriesMaintenance(store: series, logger: label("series"), now: now),
                LogKeeper(logs, days: config.retention.logsDays, logger: label("logs")),
                PodLogCollector(
                    client: engine.client, streams: logs, labelNames: Labels.telemetry, logger: label("logs")),
                listener("prometheus", config.ports.prometheus, \.prometheus, prometheus.buildResponder()),
                listener("loki", config.ports.loki, \.loki, loki.buildResponder()),
            ], queries: queries, logs: logs)
    }
}
