import FoundationEssentials
import GRDB
package import LogQL
import Store

/// The log lines of all streams. New lines wait in memory for at most as long as `flush` isn't called; on disk they are
/// chunks of a stream, compressed.
package actor LogStreams {
    private let database: Store.Database
    private let streamLimit: Int
    private var ids: [[String: String]: Int64] = [:]
    private var labels: [Int64: [String: String]] = [:]
    private var heads: [Int64: [LogEntry]] = [:]
    private var followers: [Int: Follower] = [:]
    private var nextFollower = 0

    private struct Follower {
        let matchers: [LabelMatcher]
        let continuation: AsyncStream<LogBatch>.Continuation
    }

    /// At most so many lines are read for one query.
    static let queryLimit = 5_000_000

    package init(path: String, streamLimit: Int = 20_000) throws {
        self.streamLimit = streamLimit
        database = try Store.Database(
            path: path,
            migrations: [
                Migration(
                    "logs",
                    "CREATE TABLE stream (id INTEGER PRIMARY KEY, labels TEXT NOT NULL UNIQUE)",
                    """
                    CREATE TABLE chunk (
                        id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES stream (id) ON DELETE CASCADE,
                        first INTEGER NOT NULL, last INTEGER NOT NULL, lines INTEGER NOT NULL, body BLOB NOT NULL)
                    """,
                    "CREATE INDEX chunk_stream ON chunk (stream, last)", "CREATE INDEX chunk_last ON chunk (last)")
            ])
        let rows = try database.pool.read { db in try Row.fetchAll(db, sql: "SELECT id, labels FROM stream") }
        for row in rows {
            let text: String = row["labels"]
            let known = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
            ids[known] = row["id"]
            labels[row["id"]] = known
        }
    }

    // MARK: Writing

    /// Takes lines over. They can be queried at once and are on disk after the next `flush`.
    package func append(_ batches: [LogBatch]) async throws {
        for batch in batches where !batch.entries.isEmpty {
            let id = try await stream(batch.labels)
            heads[id, default: []] += batch.entries
            for follower in followers.values where follower.matchers.allSatisfy({ $0.accepts(batch.labels) }) {
                follower.continuation.yield(batch)
            }
        }
    }

    private func stream(_ labels: [String: String]) async throws -> Int64 {
        if let id = ids[labels] { return id }
        if ids.count >= streamLimit { throw LogStoreProblem.tooManyStreams(limit: streamLimit) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(labels), as: UTF8.self)
        let id = try await database.pool.write { db -> Int64 in
            try db.execute(sql: "INSERT INTO stream (labels) VALUES (?) ON CONFLICT DO NOTHING", arguments: [text])
            return try Int64.fetchOne(db, sql: "SELECT id FROM stream WHERE labels = ?", arguments: [text]) ?? 0
        }
        ids[labels] = id
        self.labels[id] = labels
        return id
    }

    /// Puts what waits in memory on disk, in one transaction.
    package func flush() async throws {
        let waiting = heads.filter { !$0.value.isEmpty }
        if waiting.isEmpty { return }
        let chunks = try waiting.map { id, entries in
            let sorted = entries.sorted { $0.time < $1.time }
            return (id, sorted.first?.time ?? 0, sorted.last?.time ?? 0, sorted.count, try LogChunk.pack(sorted))
        }
        try await database.pool.write { db in
            for (id, first, last, count, body) in chunks {
                try db.cachedStatement(
                    sql: "INSERT INTO chunk (stream, first, last, lines, body) VALUES (?, ?, ?, ?, ?)"
                )
                .execute(arguments: [id, first, last, count, Data(body)])
            }
        }
        // Lines that came while the transaction ran stay.
        for (id, entries) in waiting { heads[id]?.removeFirst(entries.count) }
    }

    /// Joins the small chunks of each stream, and forgets lines before `horizon` (nanoseconds since 1970).
    package func compact(before horizon: Int64) async throws {
        try await database.pool.write { db in
            try db.execute(sql: "DELETE FROM chunk WHERE last < ?", arguments: [horizon])
            let streams = try Int64.fetchAll(
                db, sql: "SELECT stream FROM chunk WHERE lines < 2000 GROUP BY stream HAVING count(*) > 8 LIMIT 50")
            for stream in streams {
                let rows = try Row.fetchAll(
                    db, sql: "SELECT id, body FROM chunk WHERE stream = ? AND lines < 2000 ORDER BY first LIMIT 200",
                    arguments: [stream])
                let entries = try rows.flatMap { row -> [LogEntry] in
                    let body: Data = row["body"]
                    return try LogChunk.unpack(Array(body))
                }.sorted { $0.time < $1.time }
                guard let first = entries.first, let last = entries.last else { continue }
                for row in rows {
                    let id: Int64 = row["id"]
                    try db.execute(sql: "DELETE FROM chunk WHERE id = ?", arguments: [id])
                }
                try db.execute(
                    sql: "INSERT INTO chunk (stream, first, last, lines, body) VALUES (?, ?, ?, ?, ?)",
                    arguments: [stream, first.time, last.time, entries.count, Data(try LogChunk.pack(entries))])
            }
        }
    }

    // MARK: Reading

    /// The lines of the streams that match, in `start < time <= end` (nanoseconds since 1970), ascending.
    package func lines(_ matchers: [LabelMatcher], after start: Int64, upTo end: Int64) async throws -> [LogLines] {
        let selected = labels.filter { _, labels in matchers.allSatisfy { $0.accepts(labels) } }
        var result: [Int64: [LogEntry]] = [:]
        for id in selected.keys { result[id] = (heads[id] ?? []).filter { $0.time > start && $0.time <= end } }
        let known = Array(selected.keys)
        let kept = try await database.pool.read { db -> [(Int64, [LogEntry])] in
            var count = 0
            var kept: [(Int64, [LogEntry])] = []
            for id in known {
                let statement = try db.cachedStatement(
                    sql: "SELECT lines, body FROM chunk WHERE stream = ? AND last > ? AND first <= ? ORDER BY first")
                let rows = try Row.fetchCursor(statement, arguments: [id, start, end])
                while let row = try rows.next() {
                    count += row["lines"] as Int
                    if count > Self.queryLimit { throw LogStoreProblem.tooMuch(lines: Self.queryLimit) }
                    let body: Data = row["body"]
                    kept.append((id, try LogChunk.unpack(Array(body)).filter { $0.time > start && $0.time <= end }))
                }
            }
            return kept
        }
        for (id, entries) in kept { result[id, default: []] += entries }
        return result.compactMap { id, entries in
            guard !entries.isEmpty, let labels = selected[id] else { return nil }
            return LogLines(labels: labels, entries: entries.sorted { $0.time < $1.time }.map { ($0.time, $0.line) })
        }
    }

    /// The label sets of the streams that match.
    package func series(_ matchers: [LabelMatcher] = []) -> [[String: String]] {
        labels.values.filter { labels in matchers.allSatisfy { $0.accepts(labels) } }
    }

    /// The time of the newest line of a stream; nil if it has none.
    package func newest(_ labels: [String: String]) async throws -> Int64? {
        guard let id = ids[labels] else { return nil }
        let waiting = heads[id]?.map(\.time).max()
        let kept = try await database.pool.read { db in
            try Int64.fetchOne(db, sql: "SELECT max(last) FROM chunk WHERE stream = ?", arguments: [id])
        }
        return [waiting, kept].compactMap { $0 }.max()
    }

    /// Lines that come from now on.
    package func follow(_ matchers: [LabelMatcher]) -> AsyncStream<LogBatch> {
        let (stream, continuation) = AsyncStream<LogBatch>.makeStream(bufferingPolicy: .bufferingNewest(1000))
        nextFollower += 1
        let id = nextFollower
        followers[id] = Follower(matchers: matchers, continuation: continuation)
        continuation.onTermination = { _ in Task { await self.unfollow(id) } }
        return stream
    }

    private func unfollow(_ id: Int) { followers[id] = nil }
}
