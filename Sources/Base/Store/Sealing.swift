package import Crypto
package import FoundationEssentials
package import GRDB

/// The data directory's key, which seals the keys of its databases.
package struct SealingKey: Sendable {
    private let key: SymmetricKey

    package init(_ key: SymmetricKey) {
        self.key = key
    }

    func seal(_ bytes: some DataProtocol, for place: String) throws -> Data? {
        try AES.GCM.seal(bytes, using: key, authenticating: Data(place.utf8)).combined
    }

    func open(_ bytes: some DataProtocol, for place: String) throws -> Data {
        try AES.GCM.open(try AES.GCM.SealedBox(combined: bytes), using: key, authenticating: Data(place.utf8))
    }
}

/// Seals values of one database (AES-256-GCM) with a key of its own, which stands in the database sealed with the data
/// directory's key. Each value is bound to its place, so that it can't be moved to another.
package struct Sealing: Sendable {
    private let key: SealingKey
    private let path: String

    /// Sealed values begin with it; no JSON text does.
    private static let mark: UInt8 = 0x01
    private static let place = "database key"

    package static let migration = Migration(
        "sealing",
        "CREATE TABLE sealing (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL, swept INTEGER NOT NULL)")

    /// Reads the database's key, making it where there is none, and seals what stands there in plain text.
    ///
    /// - Parameter sealPlain: Replaces each plain value by a sealed one; returns whether there was any.
    /// - Throws: `StoreProblem.wrongKey` if the key was sealed with another one.
    package static func open(
        _ database: Database, path: String, with outer: SealingKey,
        sealPlain: (GRDB.Database, Sealing) throws -> Bool
    ) throws(StoreProblem) -> Sealing {
        do {
            return try database.pool.writeWithoutTransaction { db in
                // What is overwritten or deleted by the sealing is filled with zeros, not only let go of.
                try db.execute(sql: "PRAGMA secure_delete = ON")
                defer { try? db.execute(sql: "PRAGMA secure_delete = OFF") }
                var sealing: Sealing?
                try db.inTransaction(.immediate) {
                    let opened = try readKey(db, path: path, with: outer)
                    if try sealPlain(db, opened) { try db.execute(sql: "UPDATE sealing SET swept = 0") }
                    sealing = opened
                    return .commit
                }
                // Until this has been done to its end, old pages and the write-ahead log may hold plain text.
                if try Bool.fetchOne(db, sql: "SELECT swept FROM sealing") == false {
                    try db.execute(sql: "VACUUM")
                    _ = try db.checkpoint(.truncate)
                    try db.execute(sql: "UPDATE sealing SET swept = 1")
                }
                guard let sealing else { throw StoreProblem.wrongKey(path: path) }
                return sealing
            }
        } catch let problem as StoreProblem {
            throw problem
        } catch {
            throw .database(path: path, cause: error)
        }
    }

    private static func readKey(_ db: GRDB.Database, path: String, with outer: SealingKey) throws -> Sealing {
        if let sealed = try Data.fetchOne(db, sql: "SELECT key FROM sealing") {
            guard let bytes = try? outer.open(sealed, for: place) else { throw StoreProblem.wrongKey(path: path) }
            return Sealing(key: SealingKey(SymmetricKey(data: bytes)), path: path)
        }
        let key = SymmetricKey(size: .bits256)
        let sealed = try key.withUnsafeBytes { try outer.seal(Data($0), for: place) }
        try db.execute(sql: "INSERT INTO sealing VALUES (1, ?, 1)", arguments: [sealed])
        return Sealing(key: SealingKey(key), path: path)
    }

    /// The value as it is written at a place, such as the key of its row.
    package func seal(_ bytes: [UInt8], for place: String) throws -> Data {
        guard let sealed = try key.seal(bytes, for: place) else { throw StoreProblem.wrongKey(path: path) }
        return Data([Self.mark]) + sealed
    }

    /// The value that was written at a place.
    ///
    /// - Throws: `StoreProblem.corrupt` if it was written at another place, or changed.
    package func open(_ value: Data, for place: String) throws(StoreProblem) -> [UInt8] {
        guard Self.isSealed(value) else { return Array(value) }
        do { return Array(try key.open(value.dropFirst(), for: place)) } catch {
            throw .corrupt(path: path, why: "the sealed value of \(place) can't be opened")
        }
    }

    package static func isSealed(_ value: Data) -> Bool { value.first == mark }
}
