import Glibc
package import OCI

/// Listing and collection.
extension BlobStore {
    /// What a collection removed.
    package struct Collected: Sendable, Equatable {
        package var blobs: [Digest] = []
        package var uploads = 0
        /// Freed, in bytes.
        package var bytes: Int64 = 0

        package init() {}
    }

    /// All blobs, sorted.
    package func list() throws(BlobProblem) -> [Digest] {
        var found: [Digest] = []
        for algorithm in Digest.Algorithm.allCases {
            let base = "\(root)/blobs/\(algorithm.rawValue)"
            for folder in try Self.names(in: base) {
                for name in try Self.names(in: "\(base)/\(folder)") {
                    if let digest = try? Digest("\(algorithm.rawValue):\(name)") { found.append(digest) }
                }
            }
        }
        return found.sorted()
    }

    /// Removes blobs that are not in `live` and abandoned uploads, where both were last touched before `cutoff`
    /// (seconds since 1970). The grace that the cut-off leaves protects what is being pushed just now.
    package func collect(keeping live: Set<Digest>, before cutoff: Int64) throws(BlobProblem) -> Collected {
        var collected = Collected()
        for digest in try list() where !live.contains(digest) {
            guard let status = Self.status(path(digest)), status.modified < cutoff else { continue }
            if try delete(digest) {
                collected.blobs.append(digest)
                collected.bytes += status.size
            }
        }
        for id in try Self.names(in: root + "/uploads") {
            guard let status = Self.status(uploadPath(id)), status.modified < cutoff else { continue }
            // An upload that somebody writes to is locked.
            let descriptor = Glibc.open(uploadPath(id), O_RDWR | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, unlink(uploadPath(id)) == 0 {
                collected.uploads += 1
                collected.bytes += status.size
            }
        }
        return collected
    }

    private static func status(_ path: String) -> (size: Int64, modified: Int64)? {
        var status = stat()
        return lstat(path, &status) == 0 ? (Int64(status.st_size), Int64(status.st_mtim.tv_sec)) : nil
    }

    private static func names(in directory: String) throws(BlobProblem) -> [String] {
        guard let stream = opendir(directory) else { throw .io(path: directory, what: "list", errno: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
