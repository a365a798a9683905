import FoundationEssentials
import GRDB
package import OCI
package import Store

extension RegistryStore {
    /// Removes blobs that no manifest refers to, and what abandoned uploads left.
    ///
    /// - Parameters:
    ///   - roots: Blobs that somebody else needs, for example the build cache.
    ///   - grace: In seconds; younger blobs stay, because their manifest may be on its way.
    ///   - untagged: Whether manifests go too that no tag, no index, no subject and no root leads to.
    package func collectGarbage(
        keeping roots: Set<Digest> = [], grace: Double = 3600, untagged: Bool = false
    ) async throws -> BlobStore.Collected {
        let cutoff = now().timeIntervalSince1970 - grace
        let blobs = self.blobs
        // Within one write transaction: no manifest can arrive between looking and removing.
        return try await database.pool.write { db in
            if untagged { try Self.removeUntagged(keeping: roots, before: cutoff, db) }
            try db.execute(
                sql: """
                    DELETE FROM blob_link WHERE linked_at < ? AND NOT EXISTS (
                        SELECT 1 FROM reference r WHERE r.repository = blob_link.repository AND r.digest = blob_link.digest)
                    """, arguments: [cutoff])
            var live = roots
            for name in try String.fetchAll(db, sql: "SELECT DISTINCT digest FROM blob_link") {
                live.insert(try Digest(name))
            }
            return try blobs.collect(keeping: live, before: Int64(cutoff))
        }
    }

    /// The layers of every image that is held, as they are known unpacked (the `diff_ids` of the configurations).
    package func unpackedLayers() async throws -> Set<Digest> {
        let contents = try await database.pool.read { try Data.fetchAll($0, sql: "SELECT content FROM manifest") }
        var layers: Set<Digest> = []
        for content in contents {
            let document = try ManifestDocument(Array(content))
            guard
                let config = document.blobs.first(where: {
                    $0.mediaType == .configuration || $0.mediaType == .dockerConfiguration
                }),
                let bytes = try? blobs.read(config.digest, limit: 16 << 20),
                let configuration = try? DocumentCoding.decode(
                    ImageConfiguration.self, from: bytes, as: "image configuration")
            else { continue }
            layers.formUnion(configuration.rootfs.diffIDs)
        }
        return layers
    }

    private static func removeUntagged(keeping roots: Set<Digest>, before cutoff: Double, _ db: GRDB.Database) throws {
        // Removing an index can make its entries unreachable, so this goes on until nothing changes.
        while true {
            let candidates = try Row.fetchAll(
                db,
                sql: """
                    SELECT m.repository, m.digest FROM manifest m WHERE m.pushed_at < ?
                        AND NOT EXISTS (SELECT 1 FROM tag t WHERE t.repository = m.repository AND t.digest = m.digest)
                        AND NOT EXISTS (SELECT 1 FROM reference r WHERE r.repository = m.repository AND r.digest = m.digest)
                        AND NOT EXISTS (SELECT 1 FROM manifest s WHERE s.repository = m.repository AND s.digest = m.subject)
                    """, arguments: [cutoff])
            var removed = 0
            for row in candidates {
                let repository: String = row["repository"]
                let digest: String = row["digest"]
                if roots.contains(try Digest(digest)) { continue }
                try db.execute(
                    sql: "DELETE FROM manifest WHERE repository = ? AND digest = ?", arguments: [repository, digest])
                try db.execute(
                    sql: "DELETE FROM reference WHERE repository = ? AND manifest = ?", arguments: [repository, digest])
                removed += 1
            }
            if removed == 0 { return }
        }
    }
}
