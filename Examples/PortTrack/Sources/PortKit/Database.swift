import CSQLite
import FoundationEssentials

/// A SQLite file of one service. Several replicas on one machine may open the same file: WAL, and writers wait.
package actor Database {
    nonisolated(unsafe) private let handle: OpaquePointer

    /// A value of a column.
    package enum Value: Sendable, Equatable {
        case null
        case int(Int64)
        case real(Double)
        case text(String)

        package var text: String? { if case .text(let text) = self { text } else { nil } }
        package var int: Int64? { if case .int(let number) = self { number } else { nil } }
        package var real: Double? {
            switch self {
            case .real(let number): number
            case .int(let number): Double(number)
            default: nil
            }
        }
    }

    /// What SQLite said.
    package struct Failure: Error, CustomStringConvertible {
        package let code: Int32
        package let message: String
        package var description: String { "SQLite \(code): \(message)" }
        /// A row with this key is there already, or one it refers to isn't.
        package var isConstraint: Bool { code & 0xFF == SQLITE_CONSTRAINT }
    }

    /// Opens the file, making it and its folder where absent, and applies the schema (idempotent statements).
    package init(path: String, schema: [String]) throws {
        if path != ":memory:", let slash = path.lastIndex(of: "/") {
            try FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
        }
        var opened: OpaquePointer?
        let status = sqlite3_open_v2(
            path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX, nil)
        guard status == SQLITE_OK, let opened else {
            let message = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close(opened)
            throw Failure(code: status, message: "\(path): \(message)")
        }
        handle = opened
        sqlite3_busy_timeout(opened, 5000)
        for statement in ["PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON"]
            + schema
        {
            let status = sqlite3_exec(opened, statement, nil, nil, nil)
            guard status == SQLITE_OK else {
                throw Failure(code: status, message: String(cString: sqlite3_errmsg(opened)))
            }
        }
    }

    deinit {
        sqlite3_close_v2(handle)
    }

    /// Runs one statement and returns its rows by column name.
    @discardableResult
    package func run(_ sql: String, _ values: Value...) throws -> [[String: Value]] {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else { throw failure() }
        defer { sqlite3_finalize(statement) }
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1), of: statement) }
        var rows: [[String: Value]] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(row(statement))
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    private func failure() -> Failure {
        Failure(code: sqlite3_extended_errcode(handle), message: String(cString: sqlite3_errmsg(handle)))
    }

    private func bind(_ value: Value, at index: Int32, of statement: OpaquePointer) throws {
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        let status =
            switch value {
            case .null: sqlite3_bind_null(statement, index)
            case .int(let number): sqlite3_bind_int64(statement, index, number)
            case .real(let number): sqlite3_bind_double(statement, index, number)
            case .text(let text): sqlite3_bind_text(statement, index, text, -1, transient)
            }
        guard status == SQLITE_OK else { throw failure() }
    }

    private func row(_ statement: OpaquePointer) -> [String: Value] {
        var row: [String: Value] = [:]
        for column in 0..<sqlite3_column_count(statement) {
            guard let name = sqlite3_column_name(statement, column) else { continue }
            let value: Value =
                switch sqlite3_column_type(statement, column) {
                case SQLITE_INTEGER: .int(sqlite3_column_int64(statement, column))
                case SQLITE_FLOAT: .real(sqlite3_column_double(statement, column))
                case SQLITE_TEXT: sqlite3_column_text(statement, column).map { .text(String(cString: $0)) } ?? .null
                default: .null
                }
            row[String(cString: name)] = value
        }
        return row
    }
}
