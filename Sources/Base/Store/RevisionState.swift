import FoundationEssentials

/// What the log holds in memory. A value: the log guards it with a lock.
struct RevisionState {
    var revision: Int64 = 0
    private var buckets: [String: Bucket] = [:]
    private var compacted: Int64 = 0
    /// Rows of the table that later ones have made useless, and the revision that did.
    private var superseded: [(row: Int64, by: Int64)] = []

    /// Objects of one kind, in the order of their names, and what happened to them lately.
    private struct Bucket {
        var objects: [String: StoredObject] = [:]
        var names: [String] = []
        var events: [RevisionEvent] = []
        var compacted: Int64 = 0
    }

    /// A bucket keeps at most so many events in memory.
    static let eventLimit = 20_000

    mutating func restore(revision: Int64, compacted: Int64) {
        self.revision = max(revision, compacted)
        self.compacted = compacted
    }

    func object(_ key: RevisionKey) -> StoredObject? { buckets[key.bucket]?.objects[key.name] }

    var count: Int { buckets.values.reduce(0) { $0 + $1.objects.count } }

    /// Objects whose names begin with `prefix`, in order.
    func objects(in bucket: String, prefix: String) -> [StoredObject] {
        guard let bucket = buckets[bucket] else { return [] }
        if prefix.isEmpty { return bucket.names.compactMap { bucket.objects[$0] } }
        var found: [StoredObject] = []
        var index = Self.position(of: prefix, in: bucket.names)
        while index < bucket.names.count, bucket.names[index].hasPrefix(prefix) {
            if let object = bucket.objects[bucket.names[index]] { found.append(object) }
            index += 1
        }
        return found
    }

    /// The same as of an earlier revision: the events since then are taken back.
    func objects(in bucket: String, prefix: String, at revision: Int64) throws(RevisionProblem) -> [StoredObject] {
        let current = objects(in: bucket, prefix: prefix)
        let later = try events(in: bucket, after: revision).filter { $0.object.key.name.hasPrefix(prefix) }
        if later.isEmpty { return current }
        var byName = Dictionary(uniqueKeysWithValues: current.map { ($0.key.name, $0) })
        for event in later.reversed() { byName[event.object.key.name] = event.previous }
        return byName.values.sorted { $0.key.name < $1.key.name }
    }

    func events(in bucket: String, after revision: Int64) throws(RevisionProblem) -> ArraySlice<RevisionEvent> {
        let oldest = max(compacted, buckets[bucket]?.compacted ?? 0)
        guard revision >= oldest else { throw .compacted(asked: revision, oldest: oldest) }
        guard let events = buckets[bucket]?.events, let last = events.last, last.revision > revision else { return [] }
        var low = 0
        var high = events.count
        while low < high {
            let middle = (low + high) / 2
            if events[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return events[low...]
    }

    mutating func apply(_ event: RevisionEvent) {
        let key = event.object.key
        var bucket = buckets.removeValue(forKey: key.bucket) ?? Bucket()
        if event.isDeletion {
            bucket.objects[key.name] = nil
            let position = Self.position(of: key.name, in: bucket.names)
            if position < bucket.names.count, bucket.names[position] == key.name { bucket.names.remove(at: position) }
            superseded.append((event.revision, event.revision))
        } else if bucket.objects.updateValue(event.object, forKey: key.name) == nil {
            bucket.names.insert(key.name, at: Self.position(of: key.name, in: bucket.names))
        }
        if let previous = event.previous { superseded.append((previous.revision, event.revision)) }
        if event.revision > compacted { bucket.events.append(event) }
        if bucket.events.count > Self.eventLimit {
            bucket.compacted = bucket.events[Self.eventLimit / 2 - 1].revision
            bucket.events.removeFirst(Self.eventLimit / 2)
        }
        buckets[key.bucket] = bucket
        revision = max(revision, event.revision)
    }

    /// The last revision whose event is older than `date`.
    func lastRevision(before date: Date) -> Int64 {
        var last = compacted
        for bucket in buckets.values {
            guard let event = bucket.events.last(where: { $0.at < date }) else { continue }
            last = max(last, event.revision)
        }
        return last
    }

    /// Forgets the events up to `revision`; returns the rows that nothing needs any more.
    mutating func compact(upTo revision: Int64) -> [Int64] {
        compacted = max(compacted, revision)
        for name in buckets.keys { buckets[name]?.events.removeAll { $0.revision <= revision } }
        let dead = superseded.filter { $0.by <= revision }.map(\.row)
        superseded.removeAll { $0.by <= revision }
        return dead
    }

    private static func position(of name: String, in names: [String]) -> Int {
        if let last = names.last, last < name { return names.count }
        var low = 0
        var high = names.count
        while low < high {
            let middle = (low + high) / 2
            if names[middle] < name { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
