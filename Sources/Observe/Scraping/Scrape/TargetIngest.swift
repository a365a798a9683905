import PromQL
import SeriesStore

/// Puts the scrapes of one target into the store.
struct TargetIngest {
    struct Limits {
        var samples = 50_000
        var bytes = 16 << 20
    }

    /// What is known about a metric.
    struct Metadata: Hashable {
        var type = "unknown"
        var help = ""
        var unit = ""
    }

    let target: ScrapeTarget
    private let store: TimeSeries
    private let limits: Limits
    private var cache = ScrapeCache()
    private static let mostAhead: Int64 = 600_000
    private var reports: [String: SeriesReference] = [:]
    private(set) var metadata: [String: Metadata] = [:]

    init(target: ScrapeTarget, store: TimeSeries, limits: Limits = Limits()) {
        self.target = target
        self.store = store
        self.limits = limits
    }

    /// Stores what a target wrote at `time` (milliseconds). Series that are gone get a stale marker. When the text is
    /// wrong nothing of it is stored and all of the target's series end. Returns the number of samples.
    mutating func ingest(_ bytes: [UInt8], _ dialect: ExpositionParser.Dialect, at time: Int64) throws -> Int {
        cache.begin()
        let samples: [Sample]
        do {
            samples = try read(bytes, dialect, time)
        } catch {
            try fail(at: time)
            throw error
        }
        let ended = cache.end().map { Sample($0, time, .staleMarker) }
        _ = try store.append(samples + ended)
        return samples.count
    }

    /// Ends all series of the target, as after a failed scrape or when the target goes.
    mutating func fail(at time: Int64) throws {
        _ = try store.append(cache.removeAll().map { Sample($0, time, .staleMarker) })
    }

    /// Stores what is known about a scrape itself.
    mutating func report(up: Bool, seconds: Double, samples: Int, at time: Int64) throws {
        try store(
            ["up": up ? 1 : 0, "scrape_duration_seconds": seconds, "scrape_samples_scraped": Double(samples)], time)
    }

    /// Ends the series about the scrapes, when the target goes.
    mutating func retire(at time: Int64) throws {
        try fail(at: time)
        if reports.isEmpty { return }
        try store(reports.mapValues { _ in .staleMarker }, time)
    }

    private mutating func store(_ values: [String: Double], _ time: Int64) throws {
        var samples: [Sample] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let reference = try reports[name] ?? store.reference(SeriesLabels.join([("__name__", name)], target))
            reports[name] = reference
            samples.append(Sample(reference, time, value))
        }
        _ = try store.append(samples)
    }

    private mutating func read(_ bytes: [UInt8], _ dialect: ExpositionParser.Dialect, _ time: Int64) throws -> [Sample]
    {
        var samples: [Sample] = []
        samples.reserveCapacity(cache.entries.count + 16)
        try bytes.withUnsafeBufferPointer { buffer in
            var parser = ExpositionParser(buffer, dialect: dialect)
            while let line = try parser.next() {
                switch line {
                case .sample(let series, let value, let stamp):
                    let text = UnsafeBufferPointer(rebasing: buffer[series])
                    let reference = try reference(text, parser.lineNumber)
                    // A clock far ahead would block the series until that time has come.
                    guard (stamp ?? time) <= time + Self.mostAhead else { continue }
                    samples.append(Sample(reference, stamp ?? time, value))
                    if samples.count > limits.samples { throw ScrapingProblem.tooManySamples(limit: limits.samples) }
                case .help(let name, let help): metadata[name, default: Metadata()].help = help
                case .type(let name, let type): metadata[name, default: Metadata()].type = type
                case .unit(let name, let unit): metadata[name, default: Metadata()].unit = unit
                }
            }
        }
        return samples
    }

    private mutating func reference(_ text: UnsafeBufferPointer<UInt8>, _ line: Int) throws -> SeriesReference {
        if let place = cache.place(text) {
            guard cache.mark(place) else {
                throw ScrapingProblem.duplicateSeries(String(decoding: text, as: UTF8.self))
            }
            return cache.reference(place)
        }
        let pairs: SeriesText.Pairs
        do {
            pairs = try SeriesText.parse(Array(text))
        } catch .syntax(_, let what) {
            throw ScrapingProblem.syntax(line: line, what)
        }
        let reference = try store.reference(SeriesLabels.join(pairs, target))
        cache.insert(Array(text), reference)
        return reference
    }
}
