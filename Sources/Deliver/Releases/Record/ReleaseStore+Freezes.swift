package import Delivery
import GRDB

extension ReleaseStore {
    /// Writes an environment that no run changes.
    package func save(_ state: EnvironmentState) async throws {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO environment VALUES (?, ?, ?)",
                arguments: [state.app.value, state.name.value, try Self.text(state)])
        }
    }

    package func removeEnvironment(_ app: AppName, _ environment: EnvironmentName) async throws {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM environment WHERE app = ? AND name = ?", arguments: [app.value, environment.value])
        }
    }

    package func freezes() async throws -> [Freeze] {
        try await read { db in
            try String.fetchAll(db, sql: "SELECT body FROM freeze ORDER BY app, environment").map { try Self.value($0) }
        }
    }

    /// An environment has at most one.
    package func save(_ freeze: Freeze) async throws {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO freeze VALUES (?, ?, ?)",
                arguments: [freeze.app.value, freeze.environment.value, try Self.text(freeze)])
        }
    }

    package func removeFreeze(_ app: AppName, _ environment: EnvironmentName) async throws {
        try await write { db in
            try db.execute(
                sql: "DELETE FROM freeze WHERE app = ? AND environment = ?", arguments: [app.value, environment.value])
        }
    }
}
