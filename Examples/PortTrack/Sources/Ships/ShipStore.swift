import FoundationEssentials
import HTTPTypes
import PortKit

/// The ships, their positions and their arrivals, in SQLite.
package struct ShipStore: Sendable {
    private let database: Database

    package init(path: String) throws {
        database = try Database(
            path: path,
            schema: [
                "CREATE TABLE IF NOT EXISTS ship (imo TEXT PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, flag TEXT NOT NULL)",
                """
                CREATE TABLE IF NOT EXISTS position (
                    imo TEXT NOT NULL REFERENCES ship (imo) ON DELETE CASCADE, latitude REAL NOT NULL,
                    longitude REAL NOT NULL, speed REAL, course REAL, at REAL NOT NULL, PRIMARY KEY (imo, at))
                """,
                """
                CREATE TABLE IF NOT EXISTS arrival (
                    imo TEXT NOT NULL REFERENCES ship (imo) ON DELETE CASCADE, port TEXT NOT NULL, at REAL NOT NULL,
                    PRIMARY KEY (imo, at))
                """,
            ])
    }

    package func check() async throws {
        try await database.run("SELECT 1")
    }

    package func add(_ ship: Ship) async throws {
        do {
            try await database.run(
                "INSERT INTO ship (imo, name, type, flag) VALUES (?, ?, ?, ?)", .text(ship.imo.value), .text(ship.name),
                .text(ship.type.rawValue), .text(ship.flag))
        } catch let failure as Database.Failure where failure.isConstraint {
            throw InputError.conflict("ship \(ship.imo)")
        }
    }

    /// Ships in the order of their numbers, after a given one.
    package func list(_ page: Page) async throws -> [Ship] {
        try await database.run(
            Self.select + " WHERE s.imo > ? ORDER BY s.imo LIMIT ?", .text(page.after), .int(Int64(page.limit))
        ).map(Self.ship)
    }

    package func find(_ imo: IMONumber) async throws -> Ship {
        guard let row = try await database.run(Self.select + " WHERE s.imo = ?", .text(imo.value)).first else {
            throw InputError.notFound("ship \(imo)")
        }
        return try Self.ship(row)
    }

    package func remove(_ imo: IMONumber) async throws {
        _ = try await find(imo)
        try await database.run("DELETE FROM ship WHERE imo = ?", .text(imo.value))
    }

    package func report(_ position: Position, of imo: IMONumber) async throws {
        _ = try await find(imo)
        try await database.run(
            "INSERT OR REPLACE INTO position (imo, latitude, longitude, speed, course, at) VALUES (?, ?, ?, ?, ?, ?)",
            .text(imo.value), .real(position.latitude), .real(position.longitude),
            position.speed.map { .real($0) } ?? .null,
            position.course.map { .real($0) } ?? .null, .real(position.at.timeIntervalSince1970))
    }

    /// The newest positions first.
    package func positions(of imo: IMONumber, limit: Int) async throws -> [Position] {
        _ = try await find(imo)
        return try await database.run(
            "SELECT * FROM position WHERE imo = ? ORDER BY at DESC LIMIT ?", .text(imo.value), .int(Int64(limit))
        ).compactMap(Self.position)
    }

    package func record(_ arrival: Arrival, of imo: IMONumber) async throws {
        _ = try await find(imo)
        try await database.run(
            "INSERT OR REPLACE INTO arrival (imo, port, at) VALUES (?, ?, ?)", .text(imo.value), .text(arrival.port),
            .real(arrival.at.timeIntervalSince1970))
    }

    package func arrivals(of imo: IMONumber, limit: Int) async throws -> [Arrival] {
        _ = try await find(imo)
        return try await database.run(
            "SELECT * FROM arrival WHERE imo = ? ORDER BY at DESC LIMIT ?", .text(imo.value), .int(Int64(limit))
        ).compactMap { row in
            guard let port = row["port"]?.text, let at = row["at"]?.real else { return nil }
            return Arrival(port: port, at: Date(timeIntervalSince1970: at))
        }
    }

    private static let select = """
        SELECT s.imo, s.name, s.type, s.flag, p.latitude, p.longitude, p.speed, p.course, p.at FROM ship s
        LEFT JOIN position p ON p.imo = s.imo AND p.at = (SELECT max(at) FROM position WHERE imo = s.imo)
        """

    private static func ship(_ row: [String: Database.Value]) throws -> Ship {
        guard let imo = row["imo"]?.text, let name = row["name"]?.text, let flag = row["flag"]?.text,
            let type = row["type"]?.text.flatMap(ShipType.init(rawValue:))
        else { throw InputError(.internalServerError, "a ship in the database is damaged") }
        return Ship(imo: try IMONumber(imo), name: name, type: type, flag: flag, position: position(row))
    }

    private static func position(_ row: [String: Database.Value]) -> Position? {
        guard let latitude = row["latitude"]?.real, let longitude = row["longitude"]?.real, let at = row["at"]?.real
        else {
            return nil
        }
        return Position(
            latitude: latitude, longitude: longitude, speed: row["speed"]?.real, course: row["course"]?.real,
            at: Date(timeIntervalSince1970: at))
    }
}
