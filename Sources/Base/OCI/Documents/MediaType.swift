/// The kind of a document or layer. Unknown types are kept as they are.
package struct MediaType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ text: String) {
        self.init(rawValue: text)
    }

    package init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    package var description: String { rawValue }

    package static let manifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    package static let index = MediaType("application/vnd.oci.image.index.v1+json")
    package static let configuration = MediaType("application/vnd.oci.image.config.v1+json")
    package static let layer = MediaType("application/vnd.oci.image.layer.v1.tar")
    package static let layerGzip = MediaType("application/vnd.oci.image.layer.v1.tar+gzip")
    package static let layerZstd = MediaType("application/vnd.oci.image.layer.v1.tar+zstd")
    package static let empty = MediaType("application/vnd.oci.empty.v1+json")
    package static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerManifestList = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    package static let dockerConfiguration = MediaType("application/vnd.docker.container.image.v1+json")
    package static let dockerLayerGzip = MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
    package static let dockerLayer = MediaType("application/vnd.docker.image.rootfs.diff.tar")

    package var isManifest: Bool { self == .manifest || self == .dockerManifest }
    package var isIndex: Bool { self == .index || self == .dockerManifestList }

    /// Layers that registries need not hold (foreign and non-distributable ones).
    package var isNonDistributable: Bool { rawValue.contains("nondistributable") || rawValue.contains(".foreign.") }

    /// Whether this is a filesystem layer of an image.
    package var isLayer: Bool {
        self == .dockerLayerGzip || self == .dockerLayer || rawValue.hasPrefix("application/vnd.oci.image.layer.")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.")
    }
}
