import FoundationEssentials
import Glibc
import Linux
package import OCI
package import Store

/// Results of steps on disk, by the key of what they depend on.
package struct BuildCache: Sendable {
    private let folder: String
    private let blobs: BlobStore

    struct Entry: Codable, Sendable {
        /// Nil if the step changed no file.
        var layer: StageState.Layer?
        /// Bytes without compression.
        var size: Int64
    }

    package init(folder: String, blobs: BlobStore) {
        self.folder = folder
        self.blobs = blobs
    }

    private func path(_ key: Digest) -> String { "\(folder)/\(key.hex)" }

    /// A result that is still complete; it counts as just used.
    func find(_ key: Digest) -> Entry? {
        guard let bytes = try? FileSystem.read(path(key)),
            let entry = try? DocumentCoding.decode(Entry.self, from: bytes, as: "cache entry")
        else { return nil }
        if let layer = entry.layer, !blobs.touch(layer.descriptor.digest) { return nil }
        _ = utimensat(AT_FDCWD, path(key), nil, 0)
        return entry
    }

    func keep(_ entry: Entry, under key: Digest) throws {
        try FileSystem.makeDirectory(folder)
        try FileSystem.writeAtomically(try DocumentCoding.encode(entry), to: path(key), durable: false)
    }

    /// What the cache needs: blobs, and layers as they are known unpacked.
    package struct Live: Sendable {
        package var blobs: Set<Digest> = []
        package var layers: Set<Digest> = []
    }

    /// What the cache needs, for garbage collections; results that were last used before `cutoff` (seconds since 1970) are
    /// forgotten.
    package func live(since cutoff: Int64 = 0) throws -> Live {
        var live = Live()
        guard FileSystem.exists(folder) else { return live }
        for name in try FileSystem.list(folder) {
            let path = "\(folder)/\(name)"
            var facts = stat()
            guard stat(path, &facts) == 0 else { continue }
            if Int64(facts.st_mtim.tv_sec) < cutoff {
                try FileSystem.removeFile(path)
            } else if let entry = try? DocumentCoding.decode(
                Entry.self, from: FileSystem.read(path), as: "cache entry"),
                let layer = entry.layer
            {
                live.blobs.insert(layer.descriptor.digest)
                live.layers.insert(layer.diffID)
            }
        }
        return live
    }
}
