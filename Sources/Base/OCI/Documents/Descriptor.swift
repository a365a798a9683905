/// A typed pointer to content (OCI image-spec v1.1, descriptor.md).
package struct Descriptor: Hashable, Sendable, Codable {
    package var mediaType: MediaType
    package var digest: Digest
    /// In bytes.
    package var size: Int64
    package var urls: [String]?
    package var annotations: [String: String]?
    /// The content itself, in base64, where it is small.
    package var data: String?
    package var artifactType: String?
    package var platform: Platform?

    package init(
        mediaType: MediaType, digest: Digest, size: Int64, annotations: [String: String]? = nil,
        artifactType: String? = nil, platform: Platform? = nil
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.annotations = annotations
        self.artifactType = artifactType
        self.platform = platform
    }

    /// The descriptor of a document in memory.
    package init(mediaType: MediaType, of bytes: [UInt8]) {
        self.init(mediaType: mediaType, digest: .of(bytes), size: Int64(bytes.count))
    }
}
