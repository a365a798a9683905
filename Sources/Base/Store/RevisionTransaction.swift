import FoundationEssentials
package import Kube

/// What a writer sees and does. All of its changes are committed together, or none.
package struct RevisionTransaction {
    private let committed: (RevisionKey) -> StoredObject?
    private let committedAll: (String, String) -> [StoredObject]
    private let at: Date
    private var batch: [RevisionKey: StoredObject?] = [:]
    private var own: [RevisionKey: StoredObject?] = [:]
    private var ownEvents: [RevisionEvent] = []
    private(set) var events: [RevisionEvent] = []
    private var revision: Int64

    init(
        after revision: Int64, at: Date, object: @escaping (RevisionKey) -> StoredObject?,
        objects: @escaping (String, String) -> [StoredObject]
    ) {
        self.revision = revision
        self.at = at
        committed = object
        committedAll = objects
    }

    /// The revision that the next `put` or `delete` gets.
    package var nextRevision: Int64 { revision + Int64(ownEvents.count) + 1 }

    /// The object with every write before this one.
    package func object(_ key: RevisionKey) -> StoredObject? {
        if let changed = own[key] ?? batch[key] { return changed }
        return committed(key)
    }

    /// The objects of a bucket whose names begin with `prefix`; in the order of names, new ones last.
    package func objects(in bucket: String, prefix: String = "") -> [StoredObject] {
        var all = committedAll(bucket, prefix)
        let changes = batch.merging(own) { $1 }.filter { $0.key.bucket == bucket && $0.key.name.hasPrefix(prefix) }
        if changes.isEmpty { return all }
        all.removeAll { changes[$0.key] != nil }
        return all + changes.values.compactMap { $0 }
    }

    /// Creates or replaces an object.
    @discardableResult
    package mutating func put(_ key: RevisionKey, _ value: JSON) -> StoredObject {
        record(key, value, isDeletion: false)
    }

    /// Removes an object. `final` is its last state, for those who watch.
    @discardableResult
    package mutating func delete(_ key: RevisionKey, final value: JSON) -> StoredObject {
        record(key, value, isDeletion: true)
    }

    private mutating func record(_ key: RevisionKey, _ value: JSON, isDeletion: Bool) -> StoredObject {
        let object = StoredObject(key: key, revision: nextRevision, value: value, bytes: value.bytes)
        let event = RevisionEvent(isDeletion: isDeletion, object: object, previous: self.object(key), at: at)
        own[key] = .some(isDeletion ? nil : object)
        ownEvents.append(event)
        return object
    }

    /// Makes the changes of the current writer part of the batch.
    mutating func keep() {
        batch.merge(own) { $1 }
        events += ownEvents
        revision += Int64(ownEvents.count)
        discard()
    }

    /// Drops the changes of the current writer.
    mutating func discard() {
        own = [:]
        ownEvents = []
    }
}
