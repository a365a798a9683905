import AsyncHTTPClient
package import Kube
package import Logging
import Problems
package import SeriesStore
import ServiceLifecycle

/// Scrapes the pods that ask for it and the sources inside this process.
package struct Scraper: ServiceLifecycle.Service {
    package struct Options: Sendable {
        package var interval: Duration = .seconds(15)
        package var timeout: Duration = .seconds(10)
        /// How many bytes a target may answer.
        package var maximumBytes = 16 << 20
        /// How many samples a target may have.
        package var maximumSamples = 50_000

        package init() {}
    }

    let book: TargetBook
    private let cluster: ClusterClient?
    private let sources: [(target: ScrapeTarget, source: any MetricsSource)]
    private let fetch: TargetFetch
    private let logger: Logger
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - cluster: Where pods are found; nil scrapes only the sources.
    ///   - sources: What this process says about itself, with the labels that its series get.
    ///   - now: The time in milliseconds since 1970.
    package init(
        store: TimeSeries, cluster: ClusterClient?, sources: [(target: ScrapeTarget, source: any MetricsSource)] = [],
        options: Options = Options(), logger: Logger, now: @escaping @Sendable () -> Int64
    ) {
        let interval =
            options.interval.components.seconds * 1000 + options.interval.components.attoseconds / 1_000_000_000_000_000
        book = TargetBook(
            store: store, interval: max(1, interval),
            limits: TargetIngest.Limits(samples: options.maximumSamples, bytes: options.maximumBytes))
        self.cluster = cluster
        self.sources = sources
        fetch = TargetFetch(client: .shared, timeout: options.timeout, limit: options.maximumBytes)
        self.logger = logger
        self.now = now
    }

    package func run() async throws {
        for (index, one) in sources.enumerated() {
            try await book.set("source/\(index)/\(one.target.address)", one.target, source: one.source, now: now())
        }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                if let cluster { group.addTask { await follow(cluster) } }
                group.addTask { await scrape() }
            }
        }
    }

    private func follow(_ cluster: ClusterClient) async {
        let reflector = Reflector(Pod.self, client: cluster, logger: logger)
        while !Task.isCancelled {
            do {
                try await reflector.run { change in try await apply(change) }
            } catch {
                if Task.isCancelled { return }
                logger.error("pods can't be followed", metadata: ["error": "\(brief(error))"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func apply(_ change: Reflector<Pod>.Change) async throws {
        switch change {
        case .replaced(let pods):
            let targets = Dictionary(
                pods.compactMap { pod in PodTargets.target(pod).map { (PodTargets.key(pod), $0) } }
            ) { $1 }
            for key in await book.keys where !key.hasPrefix("source/") && targets[key] == nil {
                try await book.remove(key, now: now())
            }
            for (key, target) in targets { try await book.set(key, target, now: now()) }
        case .upserted(let pod):
            if let target = PodTargets.target(pod) {
                try await book.set(PodTargets.key(pod), target, now: now())
            } else {
                try await book.remove(PodTargets.key(pod), now: now())
            }
        case .deleted(let pod): try await book.remove(PodTargets.key(pod), now: now())
        }
    }

    private func scrape() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let (due, next) = await book.take(now: now())
                for one in due { group.addTask { await scrape(one) } }
                // New targets are seen within a second at the latest.
                let wait = min(1000, max(1, (next ?? .max) - now()))
                try? await Task.sleep(for: .milliseconds(wait))
            }
            group.cancelAll()
        }
    }

    private func scrape(_ due: TargetBook.Due) async {
        let began = now()
        let clock = ContinuousClock()
        let start = clock.now
        let result: Result<TargetFetch.Answer, any Error>
        if let source = due.source {
            result = .success(TargetFetch.Answer(bytes: await source.exposition(), dialect: .text))
        } else {
            do { result = .success(try await fetch(due.address)) } catch {
                if Task.isCancelled { return }
                result = .failure(error)
            }
        }
        let taken = clock.now - start
        let seconds = Double(taken.components.seconds) + Double(taken.components.attoseconds) / 1e18
        do {
            try await book.finish(due, result, now: began, seconds: seconds)
        } catch {
            logger.error(
                "a scrape can't be stored", metadata: ["scrape.target": "\(due.address)", "error": "\(brief(error))"])
        }
    }
}
