import FoundationEssentials
import GRDB
package import OCI
import Store

/// A manifest as it was pushed.
package struct StoredManifest: Sendable, Equatable {
    package let digest: Digest
    package let mediaType: MediaType
    package let bytes: [UInt8]
}

extension RegistryStore {
    /// Looks a manifest up by tag or digest.
    ///
    /// - Throws: `RegistryProblem.unknownName`, `.unknownManifest`.
    package func manifest(_ repository: String, _ reference: String) async throws -> StoredManifest {
        let found = try await database.pool.read { db -> StoredManifest? in
            let wanted: String?
            if reference.contains(":") {
                wanted = reference
            } else {
                let statement = try db.cachedStatement(sql: "SELECT digest FROM tag WHERE repository = ? AND name = ?")
                wanted = try String.fetchOne(statement, arguments: [repository, reference])
            }
            guard let wanted else { return nil }
            let statement = try db.cachedStatement(
                sql: "SELECT media_type, content FROM manifest WHERE repository = ? AND digest = ?")
            guard let row = try Row.fetchOne(statement, arguments: [repository, wanted]) else { return nil }
            let content: Data = row["content"]
            return StoredManifest(
                digest: try Digest(wanted), mediaType: MediaType(rawValue: row["media_type"]), bytes: Array(content))
        }
        if let found { return found }
        guard try await exists(repository) else { throw RegistryProblem.unknownName(repository) }
        throw RegistryProblem.unknownManifest(repository: repository, reference: reference)
    }

    /// Keeps a manifest and, where given, points tags at it; durable when it returns. Everything that the manifest refers to
    /// must be in the repository.
    ///
    /// - Throws: `RegistryProblem.manifestRefersToUnknown`.
    package func put(_ manifest: ManifestDocument, in repository: String, tags: [String] = []) async throws {
        let blobs = self.blobs
        let time = now().timeIntervalSince1970
        try await database.pool.write { db in
            let hasLink = try db.cachedStatement(sql: "SELECT 1 FROM blob_link WHERE repository = ? AND digest = ?")
            for blob in manifest.blobs {
                let linked = try Int.fetchOne(hasLink, arguments: [repository, blob.digest.description]) != nil
                guard linked, let size = blobs.size(blob.digest) else {
                    throw RegistryProblem.manifestRefersToUnknown(blob.digest)
                }
                guard size == blob.size else {
                    throw RegistryProblem.invalidManifest(
                        why: "it says that \(blob.digest) has \(blob.size) bytes, but the blob has \(size)")
                }
            }
            let hasManifest = try db.cachedStatement(sql: "SELECT 1 FROM manifest WHERE repository = ? AND digest = ?")
            for child in manifest.manifests
            where try Int.fetchOne(hasManifest, arguments: [repository, child.digest.description]) == nil {
                throw RegistryProblem.manifestRefersToUnknown(child.digest)
            }
            try db.execute(
                sql: """
                    INSERT INTO manifest (repository, digest, media_type, artifact_type, subject, content, pushed_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET media_type = excluded.media_type, pushed_at = excluded.pushed_at
                    """,
                arguments: [
                    repository, manifest.digest.description, manifest.mediaType.rawValue, manifest.artifactType,
                    manifest.subject?.description, Data(manifest.bytes), time,
                ])
            for (descriptors, isManifest) in [(manifest.blobs, false), (manifest.manifests, true)] {
                for descriptor in descriptors {
                    try db.execute(
                        sql:
                            "INSERT OR IGNORE INTO reference (repository, manifest, digest, is_manifest) VALUES (?, ?, ?, ?)",
                        arguments: [repository, manifest.digest.description, descriptor.digest.description, isManifest])
                }
            }
            for tag in tags { try Self.point(tag, at: manifest.digest, in: repository, time: time, db) }
        }
    }

    /// Points a tag at a manifest that is there.
    package func tag(_ repository: String, _ tag: String, as digest: Digest) async throws {
        let time = now().timeIntervalSince1970
        try await database.pool.write { db in
            let exists = try Int.fetchOne(
                db, sql: "SELECT 1 FROM manifest WHERE repository = ? AND digest = ?",
                arguments: [repository, digest.description])
            guard exists != nil else {
                throw RegistryProblem.unknownManifest(repository: repository, reference: digest.description)
            }
            try Self.point(tag, at: digest, in: repository, time: time, db)
        }
    }

    /// Removes a tag, or a manifest with the tags that point at it. Blobs go with the next collection.
    package func deleteManifest(_ repository: String, _ reference: String) async throws {
        let deleted = try await database.pool.write { db -> Int in
            guard reference.contains(":") else {
                try db.execute(
                    sql: "DELETE FROM tag WHERE repository = ? AND name = ?", arguments: [repository, reference])
                return db.changesCount
            }
            try db.execute(
                sql: "DELETE FROM tag WHERE repository = ? AND digest = ?", arguments: [repository, reference])
            try db.execute(
                sql: "DELETE FROM reference WHERE repository = ? AND manifest = ?", arguments: [repository, reference])
            try db.execute(
                sql: "DELETE FROM manifest WHERE repository = ? AND digest = ?", arguments: [repository, reference])
            return db.changesCount
        }
        if deleted == 0 {
            guard try await exists(repository) else { throw RegistryProblem.unknownName(repository) }
            throw RegistryProblem.unknownManifest(repository: repository, reference: reference)
        }
    }

    /// What is attached to a manifest, in the order of pushing (OCI distribution-spec v1.1 § Listing Referrers).
    package func referrers(_ repository: String, _ subject: Digest, artifactType: String? = nil) async throws
        -> ImageIndex
    {
        let rows = try await database.pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT digest, content FROM manifest WHERE repository = ? AND subject = ? ORDER BY pushed_at, digest
                    """, arguments: [repository, subject.description]
            ).map { row -> (String, Data) in (row["digest"], row["content"]) }
        }
        var descriptors: [Descriptor] = []
        for (name, content) in rows {
            let digest = try Digest(name)
            let document = try ManifestDocument(Array(content), algorithm: digest.algorithm)
            if let artifactType, document.artifactType != artifactType { continue }
            var descriptor = document.descriptor
            descriptor.artifactType = document.artifactType
            descriptor.annotations = document.annotations
            descriptors.append(descriptor)
        }
        return ImageIndex(manifests: descriptors)
    }

    private static func point(
        _ tag: String, at digest: Digest, in repository: String, time: Double, _ db: GRDB.Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO tag (repository, name, digest, updated_at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET digest = excluded.digest, updated_at = excluded.updated_at
                """,
            arguments: [repository, tag, digest.description, time])
    }
}
