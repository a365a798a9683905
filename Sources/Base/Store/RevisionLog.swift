package import FoundationEssentials
import GRDB
package import Kube
import Problems
import Synchronization

/// An append-only log of the states of objects, with one counter of revisions for all of them.
///
/// The current state is held in memory; the log itself is an SQLite database. A write is on disk before it is
/// acknowledged and before anyone can see it. Writers that come while others are being synced share the next commit.
package final class RevisionLog: Sendable {
    private let database: Database
    private let path: String
    private let now: @Sendable () -> Date
    private let sealed: Sealed?
    let state: Mutex<RevisionState>
    let waiters = Mutex(RevisionWaiters())
    private let queue = Mutex(Queue())

    private struct Queue {
        var pending: [any PendingWrite] = []
        var isDraining = false
    }

    /// Opens the log at `path`, making it if absent, and reads it into memory.
    ///
    /// - Parameters:
    ///   - buckets: Those whose objects are sealed on disk, with `key`.
    /// - Throws: `StoreProblem` if the file can't be opened or read.
    package static func open(
        path: String, sealing buckets: Set<String> = [], with key: SealingKey? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(StoreProblem) -> RevisionLog {
        let database = try Database(
            path: path,
            migrations: [
                Migration(
                    "revision",
                    """
                    CREATE TABLE revision (
                        revision INTEGER PRIMARY KEY, bucket TEXT NOT NULL, name TEXT NOT NULL,
                        deleted INTEGER NOT NULL, at REAL NOT NULL, value BLOB NOT NULL
                    )
                    """,
                    "CREATE TABLE revision_compaction (id INTEGER PRIMARY KEY, compacted INTEGER NOT NULL)",
                    "INSERT INTO revision_compaction VALUES (1, 0)"),
                Sealing.migration,
            ])
        let sealed = try key.map { key throws(StoreProblem) in
            try Sealed.open(database, path: path, buckets: buckets, with: key)
        }
        return RevisionLog(
            database: database, path: path, now: now, sealed: sealed,
            state: try load(database, path: path, sealed: sealed))
    }

    private init(
        database: Database, path: String, now: @escaping @Sendable () -> Date, sealed: Sealed?,
        state: sending RevisionState
    ) {
        self.database = database
        self.path = path
        self.now = now
        self.sealed = sealed
        self.state = Mutex(state)
    }

    private static func load(
        _ database: Database, path: String, sealed: Sealed?
    ) throws(StoreProblem) -> RevisionState {
        do {
            return try database.pool.read { db in
                var state = RevisionState()
                let compacted = try Int64.fetchOne(db, sql: "SELECT compacted FROM revision_compaction") ?? 0
                state.restore(revision: compacted, compacted: compacted)
                let rows = try Row.fetchCursor(
                    db, sql: "SELECT revision, bucket, name, deleted, at, value FROM revision ORDER BY revision")
                while let row = try rows.next() {
                    let key = RevisionKey(bucket: row[1], name: row[2])
                    let data: Data = row[5]
                    let bytes = try sealed?.open(data, key, revision: row[0]) ?? Array(data)
                    let object = StoredObject(key: key, revision: row[0], value: try JSON.parse(bytes), bytes: bytes)
                    state.apply(
                        RevisionEvent(
                            isDeletion: row[3], object: object, previous: state.object(key),
                            at: Date(timeIntervalSince1970: row[4])))
                }
                return state
            }
        } catch let problem as JSONProblem {
            throw .corrupt(path: path, why: problem.summary)
        } catch let problem as StoreProblem {
            throw problem
        } catch {
            throw .database(path: path, cause: error)
        }
    }

    // MARK: Reading

    /// The revision of the newest write.
    package var revision: Int64 { state.withLock { $0.revision } }

    package func object(_ key: RevisionKey) -> StoredObject? { state.withLock { $0.object(key) } }

    /// The objects of a bucket whose names begin with `prefix`, in order of name, and the revision they stand for.
    ///
    /// - Parameter revision: an earlier state, as far as history reaches; nil for the present.
    package func list(
        _ bucket: String, prefix: String = "", at revision: Int64? = nil
    ) throws(RevisionProblem) -> (objects: [StoredObject], revision: Int64) {
        try state.withLock { state throws(RevisionProblem) in
            guard let revision, revision < state.revision else {
                return (state.objects(in: bucket, prefix: prefix), state.revision)
            }
            return (try state.objects(in: bucket, prefix: prefix, at: revision), revision)
        }
    }

    // MARK: Writing

    /// Runs `body` alone, on the newest state, and commits what it wrote. It must not block.
    ///
    /// - Throws: what `body` throws, then nothing is written; `StoreProblem` if the disk refuses.
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (inout RevisionTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let isIdle = queue.withLock { queue in
                queue.pending.append(Write(body: body, continuation: continuation))
                defer { queue.isDraining = true }
                return !queue.isDraining
            }
            if isIdle { database.pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
    }

    /// Writes a new object.
    @discardableResult
    package func create(_ key: RevisionKey, _ value: JSON) async throws -> StoredObject {
        try await write { transaction in
            if transaction.object(key) != nil { throw RevisionProblem.exists(key) }
            return transaction.put(key, value)
        }
    }

    /// Replaces an object; `expected` guards against overwriting someone else's change.
    @discardableResult
    package func update(_ key: RevisionKey, _ value: JSON, expected: Int64? = nil) async throws -> StoredObject {
        try await write { transaction in
            try Self.check(transaction.object(key), key, expected)
            return transaction.put(key, value)
        }
    }

    /// Removes an object.
    @discardableResult
    package func delete(_ key: RevisionKey, expected: Int64? = nil) async throws -> StoredObject {
        try await write { transaction in
            let found = try Self.check(transaction.object(key), key, expected)
            return transaction.delete(key, final: found.value)
        }
    }

    @discardableResult
    private static func check(
        _ found: StoredObject?, _ key: RevisionKey, _ expected: Int64?
    ) throws(RevisionProblem) -> StoredObject {
        guard let found else { throw .missing(key) }
        if let expected, expected != found.revision {
            throw .conflict(key, expected: expected, found: found.revision)
        }
        return found
    }

    /// Forgets history older than `date`, in memory and on disk. Watches from before then end with `compacted`.
    package func compact(before date: Date) async throws {
        let (revision, dead) = state.withLock { state in
            let revision = state.lastRevision(before: date)
            return (revision, state.compact(upTo: revision))
        }
        if dead.isEmpty { return }
        try await database.pool.write { db in
            try db.execute(sql: "UPDATE revision_compaction SET compacted = ?", arguments: [revision])
            let statement = try db.cachedStatement(sql: "DELETE FROM revision WHERE revision = ?")
            for row in dead { try statement.execute(arguments: [row]) }
        }
    }

    // MARK: Committing

    /// Commits batch after batch until no writer waits. Runs on the database's own queue.
    private func drain(_ db: GRDB.Database) {
        while true {
            let batch = queue.withLock { queue in
                defer { queue.pending = [] }
                if queue.pending.isEmpty { queue.isDraining = false }
                return queue.pending
            }
            if batch.isEmpty { return }
            var transaction = RevisionTransaction(
                after: revision, at: now(), object: { self.object($0) },
                objects: { bucket, prefix in self.state.withLock { $0.objects(in: bucket, prefix: prefix) } })
            for write in batch { write.run(&transaction) }
            let events = transaction.events
            var failure: StoreProblem?
            if !events.isEmpty {
                do { try store(events, in: db) } catch { failure = problem(error) }
            }
            if failure == nil { publish(events) }
            for write in batch { write.finish(failure) }
        }
    }

    private func store(_ events: [RevisionEvent], in db: GRDB.Database) throws {
        try db.inTransaction(.immediate) {
            let statement = try db.cachedStatement(
                sql: "INSERT INTO revision (revision, bucket, name, deleted, at, value) VALUES (?, ?, ?, ?, ?, ?)")
            for event in events {
                let key = event.object.key
                let value =
                    try sealed?.seal(event.object.bytes, key, revision: event.revision) ?? Data(event.object.bytes)
                try statement.execute(arguments: [
                    event.revision, key.bucket, key.name, event.isDeletion, event.at.timeIntervalSince1970, value,
                ])
            }
            return .commit
        }
    }

    private func problem(_ error: any Error) -> StoreProblem {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL { return .full(path: path) }
        return .database(path: path, cause: error)
    }

    private func publish(_ events: [RevisionEvent]) {
        if events.isEmpty { return }
        state.withLock { state in
            for event in events { state.apply(event) }
        }
        waiters.withLock { $0.take(buckets: Set(events.map(\.object.key.bucket))) }.forEach { $0.resume() }
    }
}

/// A writer that waits for its turn.
private protocol PendingWrite: Sendable {
    func run(_ transaction: inout RevisionTransaction)
    func finish(_ failure: StoreProblem?)
}

private final class Write<Value: Sendable>: PendingWrite {
    private let body: @Sendable (inout RevisionTransaction) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let result = Mutex<Result<Value, any Error>?>(nil)

    init(
        body: @escaping @Sendable (inout RevisionTransaction) throws -> Value,
        continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func run(_ transaction: inout RevisionTransaction) {
        do {
            let value = try body(&transaction)
            transaction.keep()
            result.withLock { $0 = .success(value) }
        } catch {
            transaction.discard()
            result.withLock { $0 = .failure(error) }
        }
    }

    func finish(_ failure: StoreProblem?) {
        switch (result.withLock { $0 }, failure) {
        case (.failure(let error)?, _): continuation.resume(throwing: error)
        case (_, let failure?): continuation.resume(throwing: failure)
        case (.success(let value)?, nil): continuation.resume(returning: value)
        case (nil, nil): continuation.resume(throwing: CancellationError())
        }
    }
}
