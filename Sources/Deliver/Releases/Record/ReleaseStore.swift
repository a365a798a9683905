package import Delivery
package import FoundationEssentials
import GRDB
import Kube
package import Store

/// Runs, releases and environments on disk. What belongs together is written in one transaction.
package struct ReleaseStore: Sendable {
    private let database: Store.Database
    private let path: String
    private let sealing: Sealing?

    /// - Parameter key: Seals the manifests on disk, which may hold Secrets.
    package init(path: String, sealedWith key: SealingKey? = nil) throws(StoreProblem) {
        self.path = path
        database = try Store.Database(
            path: path,
            migrations: [
                Migration(
                    "releases",
                    "CREATE TABLE run (app TEXT, number INTEGER, finished INTEGER NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (app, number))",
                    "CREATE INDEX run_finished ON run (finished)",
                    "CREATE TABLE release (app TEXT, number INTEGER, file TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (app, number))",
                    "CREATE TABLE manifests (digest TEXT PRIMARY KEY, body TEXT NOT NULL)",
                    "CREATE TABLE environment (app TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (app, name))",
                    "CREATE TABLE progress (app TEXT, run INTEGER, sequence INTEGER, body TEXT NOT NULL, PRIMARY KEY (app, run, sequence))"
                ),
                Sealing.migration,
                Migration(
                    "freezes",
                    "CREATE TABLE freeze (app TEXT, environment TEXT, body TEXT NOT NULL, PRIMARY KEY (app, environment))"
                ),
            ])
        sealing = try key.map { [database] key throws(StoreProblem) in
            try Sealing.open(database, path: path, with: key, sealPlain: Self.sealManifests)
        }
    }

    /// Seals the manifests that stand there in plain text; returns whether there were any.
    private static func sealManifests(_ db: GRDB.Database, _ sealing: Sealing) throws -> Bool {
        var found = false
        for row in try Row.fetchAll(db, sql: "SELECT digest, body FROM manifests WHERE typeof(body) = 'text'") {
            let (digest, text): (String, String) = (row[0], row[1])
            try db.execute(
                sql: "UPDATE manifests SET body = ? WHERE digest = ?",
                arguments: [try sealing.seal(Array(text.utf8), for: digest), digest])
            found = true
        }
        return found
    }

    // MARK: Runs

    /// Makes a run with the next number of its app.
    package func createRun(_ app: AppName, _ make: @escaping @Sendable (RunID) -> DeliveryRecord) async throws
        -> DeliveryRecord
    {
        try await write { db in
            let last =
                try Int.fetchOne(db, sql: "SELECT max(number) FROM run WHERE app = ?", arguments: [app.value]) ?? 0
            let record = make(RunID(app: app, number: last + 1))
            try Self.save(record, db)
            return record
        }
    }

    /// Writes a run, and the environment and progress that changed with it. An older version of the run never
    /// replaces a newer one, in whichever order two writes arrive.
    package func save(
        _ record: DeliveryRecord, environment: EnvironmentState? = nil, progress: [DeliveryProgress] = []
    ) async throws {
        try await write { db in
            try Self.save(record, db)
            if let environment {
                try db.cachedStatement(
                    sql: "INSERT INTO environment VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"
                ).execute(arguments: [environment.app.value, environment.name.value, try Self.text(environment)])
            }
            for line in progress {
                try db.cachedStatement(sql: "INSERT OR REPLACE INTO progress VALUES (?, ?, ?, ?)").execute(
                    arguments: [line.run.app.value, line.run.number, line.sequence, try Self.text(line)])
            }
        }
    }

    private static func save(_ record: DeliveryRecord, _ db: GRDB.Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO run VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET finished = excluded.finished, version = excluded.version, body = excluded.body
                WHERE excluded.version >= version
                """
        ).execute(
            arguments: [
                record.id.app.value, record.id.number, record.state.isFinished, record.version, try text(record),
            ])
    }

    package func run(_ id: RunID) async throws -> DeliveryRecord? {
        try await read { db in
            try String.fetchOne(
                db, sql: "SELECT body FROM run WHERE app = ? AND number = ?", arguments: [id.app.value, id.number]
            ).map { try Self.value($0) }
        }
    }

    package func unfinishedRuns() async throws -> [DeliveryRecord] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT body FROM run WHERE finished = 0 ORDER BY app, number").map {
                try Self.value($0)
            }
        }
    }

    /// The newest runs, newest first.
    package func runs(app: AppName, limit: Int) async throws -> [DeliveryRecord] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT body FROM run WHERE app = ? ORDER BY number DESC LIMIT ?",
                arguments: [app.value, limit]
            ).map { try Self.value($0) }
        }
    }

    package func progress(_ id: RunID) async throws -> [DeliveryProgress] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT body FROM progress WHERE app = ? AND run = ? ORDER BY sequence",
                arguments: [id.app.value, id.number]
            ).map { try Self.value($0) }
        }
    }

    package func apps() async throws -> [AppName] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT app FROM run ORDER BY app").map { try AppName($0) }
        }
    }

    // MARK: Releases

    /// Makes the release of a run, in one transaction with the run's next state.
    package func createRelease(
        for record: DeliveryRecord, file: DeliveryFile, images: [String: String], manifests: ManifestSet, at date: Date,
        next: @escaping @Sendable (Release) -> DeliveryRecord
    ) async throws -> (release: Release, record: DeliveryRecord) {
        let archive = manifests.archive
        let digest = ContentHash.digest(archive)
        let text = archive.text
        let app = record.id.app
        let sealing = sealing
        return try await write { db in
            let last =
                try Int.fetchOne(db, sql: "SELECT max(number) FROM release WHERE app = ?", arguments: [app.value]) ?? 0
            let release = Release(
                id: ReleaseID(app: app, number: last + 1), revision: record.revision, run: record.id, images: images,
                manifestsDigest: digest, createdAt: date, preview: record.preview)
            let body = try sealing?.seal(Array(text.utf8), for: digest).databaseValue ?? text.databaseValue
            try db.execute(sql: "INSERT OR IGNORE INTO manifests VALUES (?, ?)", arguments: [digest, body])
            try db.execute(
                sql: "INSERT INTO release VALUES (?, ?, ?, ?)",
                arguments: [app.value, release.id.number, try Self.text(file), try Self.text(release)])
            let changed = next(release)
            try Self.save(changed, db)
            return (release, changed)
        }
    }

    /// A release with its file and manifests; nil where there is none of that name.
    package func content(_ id: ReleaseID) async throws -> ReleaseContent? {
        let sealing = sealing
        let found = try await read { db -> (release: Release, file: DeliveryFile, manifests: [UInt8])? in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT file, body FROM release WHERE app = ? AND number = ?",
                    arguments: [id.app.value, id.number])
            else { return nil }
            let release: Release = try Self.value(row["body"])
            let manifests = try Data.fetchOne(
                db, sql: "SELECT body FROM manifests WHERE digest = ?", arguments: [release.manifestsDigest])
            guard let manifests else { throw ReleasesProblem.lost(what: "the record of the manifests of \(id)") }
            let text = try sealing?.open(manifests, for: release.manifestsDigest) ?? Array(manifests)
            return (release, try Self.value(row["file"]), text)
        }
        guard let found else { return nil }
        let manifests = try ManifestSet(archive: JSON.parse(found.manifests))
        return ReleaseContent(
            release: found.release, file: found.file, manifests: manifests.base, variants: manifests.variants)
    }

    /// Newest first.
    package func releases(app: AppName, limit: Int) async throws -> [Release] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT body FROM release WHERE app = ? ORDER BY number DESC LIMIT ?",
                arguments: [app.value, limit]
            ).map { try Self.value($0) }
        }
    }

    // MARK: Environments

    package func environments() async throws -> [EnvironmentState] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT body FROM environment ORDER BY app, name").map { try Self.value($0) }
        }
    }

    package func environment(_ app: AppName, _ name: EnvironmentName) async throws -> EnvironmentState {
        let text = try await read { db in
            try String.fetchOne(
                db, sql: "SELECT body FROM environment WHERE app = ? AND name = ?", arguments: [app.value, name.value])
        }
        return try text.map { try Self.value($0) } ?? EnvironmentState(app: app, name: name)
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (GRDB.Database) throws -> Value) async throws
        -> Value
    {
        do { return try await database.pool.write(body) } catch { throw problem(error) }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (GRDB.Database) throws -> Value) async throws
        -> Value
    {
        do { return try await database.pool.read(body) } catch { throw problem(error) }
    }

    private func problem(_ error: any Error) -> any Error {
        guard let error = error as? DatabaseError else { return error }
        return error.resultCode == .SQLITE_FULL ? StoreProblem.full(path: path) : .database(path: path, cause: error)
    }

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}
