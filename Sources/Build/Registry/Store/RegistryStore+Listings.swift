package import FoundationEssentials
import GRDB
package import OCI
import Store

/// One line of the list of images.
package struct TagSummary: Sendable, Equatable, Codable {
    package let repository: String
    package let tag: String
    package let digest: Digest
    /// Configuration and layers, in bytes, compressed; 0 for an index.
    package let size: Int64
    package let updated: Date
}

extension RegistryStore {
    /// Whether anything was ever pushed there and not deleted since.
    package func exists(_ repository: String) async throws -> Bool {
        try await database.pool.read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM manifest WHERE repository = ?1)
                        OR EXISTS (SELECT 1 FROM blob_link WHERE repository = ?1)
                    """, arguments: [repository]) ?? false
        }
    }

    /// Tags after `last`, in alphanumeric order without regard to case, at most `limit`.
    package func tags(_ repository: String, after last: String? = nil, limit: Int? = nil) async throws -> [String] {
        guard try await exists(repository) else { throw RegistryProblem.unknownName(repository) }
        return try await database.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM tag WHERE repository = ?1 AND (?2 IS NULL OR (lower(name), name) > (lower(?2), ?2))
                    ORDER BY lower(name), name LIMIT ?3
                    """, arguments: [repository, last, limit ?? -1])
        }
    }

    /// Repositories after `last` in order, at most `limit`.
    package func repositories(after last: String? = nil, limit: Int? = nil) async throws -> [String] {
        try await database.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT repository FROM manifest WHERE ?1 IS NULL OR repository > ?1
                    ORDER BY repository LIMIT ?2
                    """, arguments: [last, limit ?? -1])
        }
    }

    /// All tags of all repositories, for people.
    package func summaries() async throws -> [TagSummary] {
        try await database.pool.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT t.repository, t.name, t.digest, t.updated_at, m.content FROM tag t
                    JOIN manifest m ON m.repository = t.repository AND m.digest = t.digest
                    ORDER BY t.repository, lower(t.name), t.name
                    """
            ).map { row in
                let content: Data = row["content"]
                let document = try ManifestDocument(Array(content))
                let digest: String = row["digest"]
                return TagSummary(
                    repository: row["repository"], tag: row["name"], digest: try Digest(digest),
                    size: document.blobs.reduce(0) { $0 + $1.size },
                    updated: Date(timeIntervalSince1970: row["updated_at"]))
            }
        }
    }
}
