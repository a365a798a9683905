import PromQL
import SeriesStore
import Testing

@testable import Scraping

struct IngestTests {
    static let target = ScrapeTarget(address: "http://x/metrics", pool: "pods", labels: ["job": "x"])

    static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test("series that vanish end with a stale marker and may come back")
    func vanishing() async throws {
        try await withStore { store in
            var ingest = TargetIngest(target: Self.target, store: store)
            let first = try ingest.ingest(Self.bytes("a 1\nb{l=\"x\"} 2\n"), .text, at: 1000)
            #expect(first == 2)
            #expect(try ingest.ingest(Self.bytes("b{l=\"x\"} 3\n"), .text, at: 2000) == 1)
            #expect(try ingest.ingest(Self.bytes("b{l=\"x\"} 4\na 5\n"), .text, at: 3000) == 2)
            #expect(try store.dump("a") == ["{__name__=\"a\", job=\"x\"} 1000:1 2000:stale 3000:5"])
            #expect(try store.dump("b") == ["{__name__=\"b\", job=\"x\", l=\"x\"} 1000:2 2000:3 3000:4"])
        }
    }

    @Test("a wrong text stores nothing and ends the target's series")
    func wrongText() async throws {
        try await withStore { store in
            var ingest = TargetIngest(target: Self.target, store: store)
            _ = try ingest.ingest(Self.bytes("a 1\n"), .text, at: 1000)
            #expect(throws: ScrapingProblem.syntax(line: 2, "\"x\" is not a number")) {
                try ingest.ingest(Self.bytes("a 2\nb x\n"), .text, at: 2000)
            }
            #expect(try store.dump("{job=\"x\"}") == ["{__name__=\"a\", job=\"x\"} 1000:1 2000:stale"])
            _ = try ingest.ingest(Self.bytes("a 3\n"), .text, at: 3000)
            #expect(try store.dump("a") == ["{__name__=\"a\", job=\"x\"} 1000:1 2000:stale 3000:3"])
        }
    }

    @Test("a series twice in one scrape is a problem")
    func duplicates() async throws {
        try await withStore { store in
            var ingest = TargetIngest(target: Self.target, store: store)
            _ = try ingest.ingest(Self.bytes("a 1\n"), .text, at: 1000)
            #expect(throws: ScrapingProblem.duplicateSeries("a")) {
                try ingest.ingest(Self.bytes("a 1\na 2\n"), .text, at: 2000)
            }
        }
    }

    @Test("limits hold")
    func limits() async throws {
        try await withStore { store in
            var ingest = TargetIngest(target: Self.target, store: store, limits: .init(samples: 2))
            #expect(throws: ScrapingProblem.tooManySamples(limit: 2)) {
                try ingest.ingest(Self.bytes("a 1\nb 1\nc 1\n"), .text, at: 1000)
            }
        }
    }

    @Test("a target's own series say how its scrapes go, until it goes")
    func reports() async throws {
        try await withStore { store in
            let book = TargetBook(store: store, interval: 1000)
            try await book.set("k", Self.target, now: 0)
            let (due, next) = await book.take(now: 5000)
            #expect(due.count == 1 && (next ?? 0) > 5000)
            #expect(await book.take(now: 5000).due.isEmpty)
            let answer = TargetFetch.Answer(bytes: Self.bytes("# TYPE a counter\na 1\n"), dialect: .text)
            try await book.finish(due[0], .success(answer), now: due[0].planned, seconds: 0.25)
            #expect(await book.statuses[0].health == "up")
            #expect(await book.metadata["a"] == [TargetIngest.Metadata(type: "counter")])
            let planned = due[0].planned
            let second = await book.take(now: 7000).due
            try await book.finish(
                second[0], .failure(ScrapingProblem.status(500)), now: second[0].planned, seconds: 0.5)
            #expect(await book.statuses[0].lastError == "server returned HTTP status 500")
            let time = second[0].planned
            try await book.remove("k", now: 9000)
            #expect(try store.dump("up") == ["{__name__=\"up\", job=\"x\"} \(planned):1 \(time):0 9000:stale"])
            #expect(try store.dump("a") == ["{__name__=\"a\", job=\"x\"} \(planned):1 \(time):stale"])
            #expect(try store.dump("scrape_samples_scraped")[0].contains("\(planned):1 \(time):0"))
        }
    }
}
