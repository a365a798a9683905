import FoundationEssentials
import GRDB

extension RevisionLog {
    /// The buckets whose objects are sealed on disk. In memory and for readers nothing is different.
    struct Sealed: Sendable {
        let buckets: Set<String>
        private let sealing: Sealing

        static func open(
            _ database: Database, path: String, buckets: Set<String>, with key: SealingKey
        ) throws(StoreProblem) -> Sealed {
            let sealing = try Sealing.open(database, path: path, with: key) { db, sealing in
                var found = false
                for bucket in buckets {
                    let rows = try Row.fetchAll(
                        db, sql: "SELECT revision, name, value FROM revision WHERE bucket = ?", arguments: [bucket])
                    for row in rows {
                        let (revision, value): (Int64, Data) = (row[0], row[2])
                        if Sealing.isSealed(value) { continue }
                        let place = place(of: RevisionKey(bucket: bucket, name: row[1]), revision: revision)
                        try db.execute(
                            sql: "UPDATE revision SET value = ? WHERE revision = ?",
                            arguments: [try sealing.seal(Array(value), for: place), revision])
                        found = true
                    }
                }
                return found
            }
            return Sealed(buckets: buckets, sealing: sealing)
        }

        private static func place(of key: RevisionKey, revision: Int64) -> String { "\(key)@\(revision)" }

        /// Nil for a bucket that isn't sealed.
        func seal(_ bytes: [UInt8], _ key: RevisionKey, revision: Int64) throws -> Data? {
            guard buckets.contains(key.bucket) else { return nil }
            return try sealing.seal(bytes, for: Self.place(of: key, revision: revision))
        }

        /// Nil for a bucket that isn't sealed.
        func open(_ value: Data, _ key: RevisionKey, revision: Int64) throws(StoreProblem) -> [UInt8]? {
            guard buckets.contains(key.bucket) else { return nil }
            return try sealing.open(value, for: Self.place(of: key, revision: revision))
        }
    }
}
