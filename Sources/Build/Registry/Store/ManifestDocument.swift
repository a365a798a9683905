package import OCI

/// A manifest or an index as a registry sees it: the bytes that were pushed, and what they refer to.
package struct ManifestDocument: Sendable {
    package let bytes: [UInt8]
    package let mediaType: MediaType
    package let digest: Digest
    /// Blobs that must be in the repository: configuration and layers.
    package let blobs: [Descriptor]
    /// Manifests that must be in the repository: the entries of an index.
    package let manifests: [Descriptor]
    /// The manifest that this one is attached to; it need not exist.
    package let subject: Digest?
    /// What kind of artifact it is, for the referrers list.
    package let artifactType: String?
    package let annotations: [String: String]?

    private struct Kind: Decodable {
        var schemaVersion: Int?
        var mediaType: MediaType?
        var config: Config?
        var manifests: [Entry]?

        struct Config: Decodable {}
        struct Entry: Decodable {}
    }

    /// Reads and validates a document.
    ///
    /// - Parameters:
    ///   - declared: The type that the client announced, if it did.
    ///   - algorithm: How the document is identified.
    package init(
        _ bytes: [UInt8], declared: MediaType? = nil, algorithm: Digest.Algorithm = .sha256
    ) throws(RegistryProblem) {
        let kind: Kind = try Self.decode(bytes)
        if let declared, let inside = kind.mediaType, declared != inside {
            throw .invalidManifest(why: "it was sent as \(declared), but its mediaType is \(inside)")
        }
        guard kind.schemaVersion == 2 else {
            throw .invalidManifest(
                why: "its schemaVersion is \(kind.schemaVersion.map(String.init) ?? "missing"), not 2")
        }
        let type = kind.mediaType ?? declared ?? (kind.manifests != nil ? .index : .manifest)
        self.bytes = bytes
        mediaType = type
        digest = .of(bytes, algorithm: algorithm)
        if type.isIndex {
            let index: ImageIndex = try Self.decode(bytes)
            blobs = []
            manifests = index.manifests
            subject = index.subject?.digest
            artifactType = index.artifactType
            annotations = index.annotations
        } else if type.isManifest {
            let manifest: ImageManifest = try Self.decode(bytes)
            blobs = ([manifest.config] + manifest.layers).filter { !$0.mediaType.isNonDistributable }
            manifests = []
            subject = manifest.subject?.digest
            artifactType = manifest.artifactType ?? manifest.config.mediaType.rawValue
            annotations = manifest.annotations
        } else {
            throw .invalidManifest(why: "the type \(type) is neither an image manifest nor an index")
        }
        if let wrong = (blobs + manifests).first(where: { $0.size < 0 }) {
            throw .invalidManifest(why: "the size of \(wrong.digest) is negative")
        }
    }

    package var descriptor: Descriptor { Descriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count)) }

    private static func decode<Document: Decodable>(_ bytes: [UInt8]) throws(RegistryProblem) -> Document {
        do {
            return try DocumentCoding.decode(from: bytes, as: "manifest")
        } catch {
            if case .document(_, let why) = error { throw .invalidManifest(why: why) }
            throw .invalidManifest(why: error.summary)
        }
    }
}
