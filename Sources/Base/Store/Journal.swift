package import Delivery
package import FoundationEssentials
import GRDB
import Problems

/// The append-only record of every event: who, what, when, which release. An event is on disk before `append` returns.
package actor Journal {
    private let database: Database
    private let now: @Sendable () -> Date
    private var followers: [Int: Follower] = [:]
    private var nextFollower = 0

    private struct Follower {
        let filter: Filter
        let continuation: AsyncStream<DeliveryEvent>.Continuation
    }

    /// Which events: nil in a field means any.
    package struct Filter: Sendable {
        package var app: AppName?
        package var environment: EnvironmentName?
        package var release: ReleaseID?
        package var run: RunID?
        package var kinds: [DeliveryEvent.Kind]?

        package init(
            app: AppName? = nil, environment: EnvironmentName? = nil, release: ReleaseID? = nil, run: RunID? = nil,
            kinds: [DeliveryEvent.Kind]? = nil
        ) {
            self.app = app
            self.environment = environment
            self.release = release
            self.run = run
            self.kinds = kinds
        }

        func matches(_ event: DeliveryEvent) -> Bool {
            (app == nil || event.app == app) && (environment == nil || event.environment == environment)
                && (release == nil || event.release == release) && (run == nil || event.run == run)
                && (kinds?.contains(event.kind) ?? true)
        }
    }

    package init(path: String, now: @escaping @Sendable () -> Date = { Date() }) throws(StoreProblem) {
        database = try Database(
            path: path,
            migrations: [
                Migration(
                    "journal",
                    """
                    CREATE TABLE event (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                        at REAL NOT NULL, kind TEXT NOT NULL, app TEXT, run TEXT, release TEXT, environment TEXT,
                        service TEXT, commit_id TEXT, actor TEXT NOT NULL, message TEXT NOT NULL, detail TEXT NOT NULL
                    )
                    """,
                    "CREATE INDEX event_app ON event (app, environment, sequence)",
                    "CREATE INDEX event_release ON event (release, sequence)",
                    "CREATE INDEX event_kind ON event (kind, sequence)")
            ])
        self.now = now
    }

    /// Records an event and returns it with its place in the Journal.
    @discardableResult
    package func append(_ event: DeliveryEvent) async throws -> DeliveryEvent {
        var event = event
        // Whole milliseconds, so that the event that is returned equals the one that is read later.
        let seconds = (event.at.timeIntervalSince1970 * 1000).rounded() / 1000
        event.at = Date(timeIntervalSince1970: seconds)
        let detail = String(decoding: try JSONEncoder().encode(event.detail), as: UTF8.self)
        let arguments: StatementArguments = [
            seconds, event.kind.rawValue, event.app?.value, event.run?.description,
            event.release?.description, event.environment?.value, event.service, event.commit, event.actor,
            event.message, detail,
        ]
        event.sequence = try await database.pool.write { db in
            try db.cachedStatement(
                sql: """
                    INSERT INTO event (at, kind, app, run, release, environment, service, commit_id, actor, message, detail)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """
            ).execute(arguments: arguments)
            return db.lastInsertedRowID
        }
        for follower in followers.values where follower.filter.matches(event) { follower.continuation.yield(event) }
        return event
    }

    /// Records an event that happens now.
    @discardableResult
    package func record(
        _ kind: DeliveryEvent.Kind, app: AppName? = nil, run: RunID? = nil, release: ReleaseID? = nil,
        environment: EnvironmentName? = nil, service: String? = nil, commit: String? = nil, actor: String = "estiba",
        message: String, detail: [String: String] = [:]
    ) async throws -> DeliveryEvent {
        try await append(
            DeliveryEvent(
                kind, at: now(), app: app, run: run, release: release, environment: environment, service: service,
                commit: commit, actor: actor, message: message, detail: detail))
    }

    /// The newest `limit` events that match, oldest first.
    package func events(_ filter: Filter = Filter(), after sequence: Int64 = 0, limit: Int = 200) async throws
        -> [DeliveryEvent]
    {
        var conditions = ["sequence > ?"]
        var arguments: StatementArguments = [sequence]
        for (column, value) in [
            ("app", filter.app?.value), ("environment", filter.environment?.value),
            ("release", filter.release?.description), ("run", filter.run?.description),
        ] {
            guard let value else { continue }
            conditions.append("\(column) = ?")
            arguments += [value]
        }
        if let kinds = filter.kinds {
            conditions.append("kind IN (\(kinds.map { _ in "?" }.joined(separator: ",")))")
            arguments += StatementArguments(kinds.map(\.rawValue))
        }
        arguments += [limit]
        let sql = "SELECT * FROM event WHERE \(conditions.joined(separator: " AND ")) ORDER BY sequence DESC LIMIT ?"
        let bound = arguments
        let rows = try await database.pool.read { db in try Row.fetchAll(db, sql: sql, arguments: bound).map(Self.event)
        }
        return rows.reversed()
    }

    /// Events recorded from now on. The stream keeps every event until it is read.
    package func follow(_ filter: Filter = Filter()) -> AsyncStream<DeliveryEvent> {
        let (stream, continuation) = AsyncStream<DeliveryEvent>.makeStream()
        let id = nextFollower
        nextFollower += 1
        followers[id] = Follower(filter: filter, continuation: continuation)
        continuation.onTermination = { [weak self] _ in
            Task { await self?.unfollow(id) }
        }
        return stream
    }

    private func unfollow(_ id: Int) {
        followers[id] = nil
    }

    private static func event(_ row: Row) throws -> DeliveryEvent {
        let app: String? = row["app"]
        let environment: String? = row["environment"]
        let run: String? = row["run"]
        let release: String? = row["release"]
        let detail: String = row["detail"]
        var event = DeliveryEvent(
            DeliveryEvent.Kind(rawValue: row["kind"]), at: Date(timeIntervalSince1970: row["at"]),
            app: try app.map { try AppName($0) }, run: run.flatMap { RunID($0) },
            release: release.flatMap { ReleaseID($0) }, environment: try environment.map { try EnvironmentName($0) },
            service: row["service"], commit: row["commit_id"], actor: row["actor"], message: row["message"],
            detail: try JSONDecoder().decode([String: String].self, from: Data(detail.utf8)))
        event.sequence = row["sequence"]
        return event
    }
}
