package import FoundationEssentials
package import OCI
package import Store

/// The registry's state: manifests and tags in a database, blobs in the blob store. Used by the HTTP routes, by the image
/// builder and by the node alike.
package final class RegistryStore: Sendable {
    package let blobs: BlobStore
    let database: Database
    let localNames: Set<String>
    let now: @Sendable () -> Date

    /// - Parameters:
    ///   - path: The database's file.
    ///   - localNames: The registry hosts, with ports, that mean this registry: `localhost:5000`.
    package init(
        blobs: BlobStore, path: String, localNames: Set<String> = ["localhost:5000", "127.0.0.1:5000"],
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(StoreProblem) {
        self.blobs = blobs
        self.localNames = localNames
        self.now = now
        database = try Database(path: path, migrations: Self.migrations)
    }

    private static let migrations = [
        Migration(
            "registry",
            """
            CREATE TABLE manifest (
                repository TEXT NOT NULL, digest TEXT NOT NULL, media_type TEXT NOT NULL, artifact_type TEXT,
                subject TEXT, content BLOB NOT NULL, pushed_at REAL NOT NULL, PRIMARY KEY (repository, digest)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX manifest_subject ON manifest (repository, subject) WHERE subject IS NOT NULL",
            """
            CREATE TABLE tag (
                repository TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, updated_at REAL NOT NULL,
                PRIMARY KEY (repository, name)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX tag_digest ON tag (repository, digest)",
            """
            CREATE TABLE blob_link (
                repository TEXT NOT NULL, digest TEXT NOT NULL, linked_at REAL NOT NULL, PRIMARY KEY (repository, digest)
            ) WITHOUT ROWID
            """,
            "CREATE INDEX blob_link_digest ON blob_link (digest)",
            """
            CREATE TABLE reference (
                repository TEXT NOT NULL, manifest TEXT NOT NULL, digest TEXT NOT NULL, is_manifest INTEGER NOT NULL,
                PRIMARY KEY (repository, manifest, digest)
            ) WITHOUT ROWID
            """)
    ]

    /// The repository under which this registry keeps its own images of that name: `localhost:5000/web` and `web` alike
    /// are `web`.
    package func ownRepository(for reference: ImageReference) -> String? {
        if localNames.contains(reference.registry) { return reference.repository }
        guard reference.registry == ImageReference.dockerHub else { return nil }
        return reference.repository.hasPrefix("library/")
            ? String(reference.repository.dropFirst(8)) : reference.repository
    }

    /// The repository under which images of another registry are kept: `docker.io/library/debian`.
    package func mirrorRepository(for reference: ImageReference) -> String {
        if localNames.contains(reference.registry) { return reference.repository }
        return "\(reference.registry.lowercased().replacing(":", with: "_"))/\(reference.repository)"
    }
}
