import FoundationEssentials
import GRDB
package import OCI
import Store

extension RegistryStore {
    /// The size of a blob of the repository, or nil. Asking protects the blob from collection for the grace period, because
    /// clients don't push again what a registry says it has.
    package func blobSize(_ repository: String, _ digest: Digest) async throws -> Int64? {
        let linked = try await database.pool.read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM blob_link WHERE repository = ? AND digest = ?")
            return try Int.fetchOne(statement, arguments: [repository, digest.description]) != nil
        }
        guard linked, blobs.touch(digest) else { return nil }
        return blobs.size(digest)
    }

    /// Makes a blob of the blob store a part of a repository.
    ///
    /// - Throws: `RegistryProblem.unknownBlob` if the blob store lacks it.
    package func link(_ digests: [Digest], in repository: String) async throws {
        let time = now().timeIntervalSince1970
        let blobs = self.blobs
        try await database.pool.write { db in
            for digest in digests {
                guard blobs.touch(digest) else { throw RegistryProblem.unknownBlob(digest) }
                try db.execute(
                    sql: """
                        INSERT INTO blob_link (repository, digest, linked_at) VALUES (?, ?, ?)
                        ON CONFLICT DO UPDATE SET linked_at = excluded.linked_at
                        """, arguments: [repository, digest.description, time])
            }
        }
    }

    /// Links a blob of another repository, or of any where none is named.
    ///
    /// - Returns: whether there was such a blob.
    package func mount(_ digest: Digest, from other: String?, in repository: String) async throws -> Bool {
        let found = try await database.pool.read { db in
            try Int.fetchOne(
                db, sql: "SELECT 1 FROM blob_link WHERE digest = ?1 AND (?2 IS NULL OR repository = ?2)",
                arguments: [digest.description, other]) != nil
        }
        guard found, blobs.contains(digest) else { return false }
        try await link([digest], in: repository)
        return true
    }

    /// Takes a blob out of a repository. The file goes with the next collection, if nobody else has it.
    package func unlink(_ digest: Digest, from repository: String) async throws {
        let count = try await database.pool.write { db -> Int in
            try db.execute(
                sql: "DELETE FROM blob_link WHERE repository = ? AND digest = ?",
                arguments: [repository, digest.description])
            return db.changesCount
        }
        if count == 0 { throw RegistryProblem.unknownBlob(digest) }
    }
}
