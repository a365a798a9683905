import HTTPTypes
import PortKit

/// The routes, in SQLite.
package struct VoyageStore: Sendable {
    private let database: Database

    package init(path: String) throws {
        database = try Database(
            path: path,
            schema: ["CREATE TABLE IF NOT EXISTS voyage (id INTEGER PRIMARY KEY AUTOINCREMENT, ports TEXT NOT NULL)"])
    }

    package func check() async throws {
        try await database.run("SELECT 1")
    }

    package func add(ports: [String]) async throws -> Voyage {
        let rows = try await database.run(
            "INSERT INTO voyage (ports) VALUES (?) RETURNING id", .text(ports.joined(separator: " ")))
        guard let id = rows.first?["id"]?.int else {
            throw InputError(.internalServerError, "the route was not stored")
        }
        return Voyage(id: id, ports: ports)
    }

    package func list(after: Int64, limit: Int) async throws -> [Voyage] {
        try await database.run(
            "SELECT id, ports FROM voyage WHERE id > ? ORDER BY id LIMIT ?", .int(after), .int(Int64(limit))
        )
        .compactMap(Self.voyage)
    }

    package func find(_ id: Int64) async throws -> Voyage {
        guard
            let voyage = try await database.run("SELECT id, ports FROM voyage WHERE id = ?", .int(id)).first.flatMap(
                Self.voyage)
        else { throw InputError.notFound("route \(id)") }
        return voyage
    }

    private static func voyage(_ row: [String: Database.Value]) -> Voyage? {
        guard let id = row["id"]?.int, let ports = row["ports"]?.text else { return nil }
        return Voyage(id: id, ports: ports.split(separator: " ").map(String.init))
    }
}
