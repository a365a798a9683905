/// One image for one platform, or an artifact (OCI image-spec v1.1, manifest.md; Docker schema 2 has the same shape).
package struct ImageManifest: Hashable, Sendable, Codable {
    package var schemaVersion: Int
    package var mediaType: MediaType?
    package var artifactType: String?
    package var config: Descriptor
    package var layers: [Descriptor]
    /// The manifest that this one is about: signatures, bills of materials, scan results.
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(
        config: Descriptor, layers: [Descriptor], artifactType: String? = nil, subject: Descriptor? = nil,
        annotations: [String: String]? = nil
    ) {
        schemaVersion = 2
        mediaType = .manifest
        self.config = config
        self.layers = layers
        self.artifactType = artifactType
        self.subject = subject
        self.annotations = annotations
    }
}
