package import OCI
package import Registry
import Store

/// Writes an image as an archive in the OCI image layout (image-spec v1.1, image-layout.md), which skopeo and podman read.
package struct ImageExporter: Sendable {
    private let registry: RegistryStore

    package init(registry: RegistryStore) {
        self.registry = registry
    }

    /// - Parameter name: What the layout calls the image.
    package func export(_ image: ResolvedImage, name: String, to sink: any ByteSink) async throws {
        let stored = try await registry.manifest(image.repository, image.digest.description)
        let tar = TarWriter(sink)
        try tar.append(
            TarEntry(path: "oci-layout", kind: .file), content: Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8))
        let descriptor = Descriptor(
            mediaType: stored.mediaType, digest: stored.digest, size: Int64(stored.bytes.count),
            annotations: ["org.opencontainers.image.ref.name": name], platform: image.configuration.platform)
        try tar.append(
            TarEntry(path: "index.json", kind: .file),
            content: DocumentCoding.encode(ImageIndex(manifests: [descriptor])))
        try tar.append(TarEntry(path: path(stored.digest), kind: .file), content: stored.bytes)
        var written: Set<Digest> = [stored.digest]
        for blob in [image.manifest.config] + image.layers.map(\.descriptor) where written.insert(blob.digest).inserted
        {
            try tar.append(
                TarEntry(path: path(blob.digest), kind: .file, size: blob.size), from: registry.blobs.open(blob.digest))
        }
        try tar.finish()
    }

    private func path(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }
}
