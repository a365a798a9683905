package import FoundationEssentials
import GRDB
package import Store

/// The incidents, open and closed, on disk.
package struct IncidentLog: Sendable {
    private let database: Store.Database

    package init(path: String) throws(StoreProblem) {
        database = try Store.Database(
            path: path,
            migrations: [
                Migration(
                    "incidents",
                    """
                    CREATE TABLE incident (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, fingerprint TEXT NOT NULL, closed_at REAL, body TEXT NOT NULL)
                    """,
                    "CREATE UNIQUE INDEX incident_open ON incident (fingerprint) WHERE closed_at IS NULL")
            ])
    }

    /// Stores an incident, unless the same one is open. Returns it with its number; nil if it was open already.
    package func open(_ incident: Incident) async throws -> Incident? {
        try await database.pool.write { db -> Incident? in
            let known = try Int.fetchOne(
                db, sql: "SELECT number FROM incident WHERE fingerprint = ? AND closed_at IS NULL",
                arguments: [incident.fingerprint])
            if known != nil { return nil }
            try db.execute(
                sql: "INSERT INTO incident (fingerprint, closed_at, body) VALUES (?, ?, ?)",
                arguments: [incident.fingerprint, incident.closedAt?.timeIntervalSince1970, try Self.encode(incident)])
            var stored = incident
            stored.number = Int(db.lastInsertedRowID)
            return stored
        }
    }

    /// Closes the open incident of this fingerprint and returns it; nil if there is none.
    package func close(_ fingerprint: String, at: Date) async throws -> Incident? {
        try await database.pool.write { db -> Incident? in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT * FROM incident WHERE fingerprint = ? AND closed_at IS NULL",
                    arguments: [fingerprint])
            else { return nil }
            var incident = try Self.decode(row)
            incident.closedAt = at
            try db.execute(
                sql: "UPDATE incident SET closed_at = ?, body = ? WHERE number = ?",
                arguments: [at.timeIntervalSince1970, try Self.encode(incident), incident.number])
            return incident
        }
    }

    /// The newest incidents first.
    package func newest(_ limit: Int = 50, onlyOpen: Bool = false) async throws -> [Incident] {
        try await database.pool.read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT * FROM incident \(onlyOpen ? "WHERE closed_at IS NULL" : "") ORDER BY number DESC LIMIT ?",
                arguments: [limit]
            ).map(Self.decode)
        }
    }

    /// Nil where there is no incident of this number.
    package func incident(_ number: Int) async throws -> Incident? {
        try await database.pool.read { db in
            try Row.fetchOne(db, sql: "SELECT * FROM incident WHERE number = ?", arguments: [number]).map(Self.decode)
        }
    }

    private static func encode(_ incident: Incident) throws -> String {
        String(decoding: try JSONEncoder().encode(incident), as: UTF8.self)
    }

    private static func decode(_ row: Row) throws -> Incident {
        let body: String = row["body"]
        var incident = try JSONDecoder().decode(Incident.self, from: Data(body.utf8))
        incident.number = row["number"]
        return incident
    }
}
