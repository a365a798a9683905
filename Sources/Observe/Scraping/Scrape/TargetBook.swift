import SeriesStore

/// All targets with their state: what is scraped, when next, and how it went.
actor TargetBook {
    /// How a target does, for people and for the HTTP API.
    struct Status: Sendable {
        var target: ScrapeTarget
        var lastScrape: Int64?
        var lastSeconds = 0.0
        var lastError = ""
        /// `up`, `down` or, before the first scrape, `unknown`.
        var health: String { lastScrape == nil ? "unknown" : lastError.isEmpty ? "up" : "down" }
    }

    private struct Slot {
        var ingest: TargetIngest
        var source: (any MetricsSource)?
        var next: Int64
        var isRunning = false
        var status: Status
    }

    /// One scrape to do.
    struct Due: Sendable {
        let key: String
        let address: String
        let source: (any MetricsSource)?
        let planned: Int64
    }

    private let store: TimeSeries
    private let interval: Int64
    private let limits: TargetIngest.Limits
    private var slots: [String: Slot] = [:]

    init(store: TimeSeries, interval: Int64, limits: TargetIngest.Limits = TargetIngest.Limits()) {
        self.store = store
        self.interval = interval
        self.limits = limits
    }

    /// Adds a target or, where its address or labels have changed, puts it in place of the old one.
    func set(_ key: String, _ target: ScrapeTarget, source: (any MetricsSource)? = nil, now: Int64) throws {
        if slots[key]?.status.target == target { return }
        try remove(key, now: now)
        slots[key] = Slot(
            ingest: TargetIngest(target: target, store: store, limits: limits), source: source,
            next: ScrapeClock.next(after: now, interval: interval, key: key), status: Status(target: target))
    }

    /// Removes a target; its series end now.
    func remove(_ key: String, now: Int64) throws {
        guard var slot = slots.removeValue(forKey: key) else { return }
        try slot.ingest.retire(at: now)
    }

    var keys: [String] { Array(slots.keys) }

    var statuses: [Status] { slots.sorted { $0.key < $1.key }.map(\.value.status) }

    /// What is known about metrics, from all targets.
    var metadata: [String: Set<TargetIngest.Metadata>] {
        var all: [String: Set<TargetIngest.Metadata>] = [:]
        for slot in slots.values {
            for (name, metadata) in slot.ingest.metadata { all[name, default: []].insert(metadata) }
        }
        return all
    }

    /// The targets whose time has come, and when the next one's comes.
    func take(now: Int64) -> (due: [Due], next: Int64?) {
        var due: [Due] = []
        for (key, slot) in slots where slot.next <= now {
            let planned = slot.next
            slots[key]?.next = ScrapeClock.next(after: now, interval: interval, key: key)
            // One that is still running misses a turn.
            if slot.isRunning { continue }
            slots[key]?.isRunning = true
            due.append(Due(key: key, address: slot.status.target.address, source: slot.source, planned: planned))
        }
        return (due, slots.values.map(\.next).min())
    }

    /// Stores a scrape's result. `now` is when it began, in milliseconds.
    func finish(_ due: Due, _ result: Result<TargetFetch.Answer, any Error>, now: Int64, seconds: Double) throws {
        guard var slot = slots[due.key], slot.isRunning, slot.status.target.address == due.address else { return }
        let time = ScrapeClock.stamp(planned: due.planned, actual: now, interval: interval)
        slot.isRunning = false
        slot.status.lastScrape = time
        slot.status.lastSeconds = seconds
        var count = 0
        var failure: (any Error)?
        do {
            let answer = try result.get()
            count = try slot.ingest.ingest(answer.bytes, answer.dialect, at: time)
        } catch {
            failure = error
            if case .failure = result { try slot.ingest.fail(at: time) }
        }
        slot.status.lastError = failure.map { ($0 as? ScrapingProblem)?.summary ?? String(describing: $0) } ?? ""
        try slot.ingest.report(up: failure == nil, seconds: seconds, samples: count, at: time)
        slots[due.key] = slot
    }
}
