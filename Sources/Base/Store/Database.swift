package import GRDB
package import Problems

/// One SQLite database of the data directory: WAL, and a commit is on disk before it is acknowledged.
package struct Database: Sendable {
    package let pool: DatabasePool

    /// Opens the database at `path`, making it if absent, and brings its schema up to date.
    ///
    /// - Throws: `StoreProblem` if the file can't be opened, is not a database, or comes from a newer Estiba.
    package init(path: String, migrations: [Migration]) throws(StoreProblem) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            // FULL: in WAL mode each commit is synced, so that what was acknowledged survives a power cut.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA journal_size_limit = 16777216")
        }
        var migrator = DatabaseMigrator()
        for migration in migrations {
            migrator.registerMigration(migration.name) { db in
                for statement in migration.statements { try db.execute(sql: statement) }
            }
        }
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            if try pool.read(migrator.hasBeenSuperseded) { throw StoreProblem.newer(path: path) }
            try migrator.migrate(pool)
        } catch let problem as StoreProblem {
            throw problem
        } catch {
            throw StoreProblem.database(path: path, cause: error)
        }
    }
}

/// A step of a schema: once released, its name and statements never change.
package struct Migration: Sendable {
    package let name: String
    package let statements: [String]

    package init(_ name: String, _ statements: String...) {
        self.name = name
        self.statements = statements
    }
}

/// What goes wrong in the data directory.
package enum StoreProblem: Problem {
    case database(path: String, cause: any Error)
    case newer(path: String)
    case full(path: String)
    case io(path: String, what: String, errno: Int32)
    case corrupt(path: String, why: String)
    case wrongKey(path: String)

    package var code: String {
        switch self {
        case .database: "store.database"
        case .newer: "store.newer"
        case .full: "store.full"
        case .io: "store.io"
        case .corrupt: "store.corrupt"
        case .wrongKey: "store.wrong-key"
        }
    }

    package var summary: String {
        switch self {
        case .database(let path, _): "the database \(path) can't be used"
        case .newer(let path): "the database \(path) was written by a newer version of Estiba"
        case .full(let path): "the disk that holds \(path) is full"
        case .io(let path, let what, let errno): "can't \(what) \(path): error \(errno)"
        case .corrupt(let path, let why): "\(path) is damaged: \(why)"
        case .wrongKey(let path): "what is sealed in \(path) can't be opened with this data directory's key"
        }
    }

    package var remedy: String? {
        switch self {
        case .database: "Check that the directory exists, is writable, and that no other program uses the file."
        case .newer: "Start the version of Estiba that wrote it, or a newer one."
        case .full: "Free some space; nothing that was acknowledged is lost."
        case .io: "Check the disk and the permissions of the data directory."
        case .corrupt: "Restore the file from a backup, or remove it if it can be made again."
        case .wrongKey: "Restore the databases and identity/secrets.key from the same backup."
        }
    }

    package var category: ProblemCategory {
        switch self {
        case .full: .exhausted
        default: .failed
        }
    }

    package var cause: (any Error)? {
        if case .database(_, let cause) = self { cause } else { nil }
    }
}
