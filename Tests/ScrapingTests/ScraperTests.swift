import EstibaTesting
import Foundation
import Hummingbird
import Kube
import Logging
import PromQL
import SeriesStore
import Testing
import Web

@testable import Scraping

struct ScraperTests {
    @Test("a pod of the cluster is found, scraped over HTTP, and its series end when it goes")
    func following() async throws {
        try await withStore { store in
            let (scrapes, scraped) = AsyncStream.makeStream(of: Void.self)
            let router = WebRouter(context: WebContext.self)
            router.get("stats") { _, _ in
                scraped.yield()
                return Response.bytes(
                    Array("requests_total{path=\"/\"} 7\n".utf8), contentType: "text/plain; version=0.0.4")
            }
            let cluster = InMemoryCluster()
            let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1000) }
            var options = Scraper.Options()
            options.interval = .milliseconds(50)
            let scraper = Scraper(
                store: store, cluster: cluster.client, options: options, logger: Logger(label: "test"), now: now)
            try await withServer(router) { port in
                var pod = TargetTests.pod([
                    "prometheus.io/scrape": "true", "prometheus.io/port": "\(port)", "prometheus.io/path": "/stats",
                ])
                pod.status?.podIP = "127.0.0.1"
                try await cluster.client.create(pod)
                await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await scraper.run() }
                    var seen = 0
                    // When the third request comes, the samples of the first are stored: a target is asked once at a time.
                    for await _ in scrapes {
                        seen += 1
                        if seen == 3 { break }
                    }
                    group.cancelAll()
                }
            }
            let series = store.series([try Query.selector("requests_total")], from: .min, through: .max)
            #expect(series.count == 1)
            #expect(series.first?["release"] == "porttrack-42")
            #expect(series.first?["path"] == "/")
            #expect(try store.dump("up").first?.contains(":1") == true)
        }
    }
}
