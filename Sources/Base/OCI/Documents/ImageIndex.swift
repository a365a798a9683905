/// Several manifests under one name, usually one a platform (OCI image-spec v1.1, image-index.md).
package struct ImageIndex: Hashable, Sendable, Codable {
    package var schemaVersion: Int
    package var mediaType: MediaType?
    package var artifactType: String?
    package var manifests: [Descriptor]
    package var subject: Descriptor?
    package var annotations: [String: String]?

    package init(manifests: [Descriptor], annotations: [String: String]? = nil) {
        schemaVersion = 2
        mediaType = .index
        self.manifests = manifests
        self.annotations = annotations
    }

    /// The entry for a platform: an exact match of the variant first, then any that runs there.
    package func select(_ platform: Platform) throws(OCIProblem) -> Descriptor {
        let fitting = manifests.filter { $0.platform?.runs(on: platform) ?? false }
        if let best = fitting.first(where: { $0.platform?.variant == platform.variant }) ?? fitting.first {
            return best
        }
        if manifests.count == 1, manifests[0].platform == nil { return manifests[0] }
        throw .noPlatform(platform, available: manifests.compactMap(\.platform))
    }
}
