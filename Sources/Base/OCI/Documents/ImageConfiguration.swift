/// How to run an image and how it came to be (OCI image-spec v1.1, config.md). Unknown fields are ignored.
package struct ImageConfiguration: Hashable, Sendable, Codable {
    /// RFC 3339.
    package var created: String?
    package var author: String?
    package var architecture: String
    package var os: String
    package var variant: String?
    package var config: Execution?
    package var rootfs: RootFilesystem
    package var history: [History]?

    package init(platform: Platform = .current) {
        architecture = platform.architecture
        os = platform.os
        variant = platform.variant
        config = Execution()
        rootfs = RootFilesystem()
        history = []
    }

    package var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }

    /// The layers, lowest first, by the digest of their uncompressed archives.
    package struct RootFilesystem: Hashable, Sendable, Codable {
        package var type = "layers"
        package var diffIDs: [Digest] = []

        package init(diffIDs: [Digest] = []) {
            self.diffIDs = diffIDs
        }

        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decodeIfPresent(String.self, forKey: .type) ?? "layers"
            diffIDs = try container.decodeIfPresent([Digest].self, forKey: .diffIDs) ?? []
        }

        enum CodingKeys: String, CodingKey {
            case type
            case diffIDs = "diff_ids"
        }
    }

    /// One instruction of the build.
    package struct History: Hashable, Sendable, Codable {
        package var created: String?
        package var createdBy: String?
        package var author: String?
        package var comment: String?
        package var emptyLayer: Bool?

        package init(created: String? = nil, createdBy: String? = nil, comment: String? = nil, emptyLayer: Bool? = nil)
        {
            self.created = created
            self.createdBy = createdBy
            self.comment = comment
            self.emptyLayer = emptyLayer
        }

        enum CodingKeys: String, CodingKey {
            case created, author, comment
            case createdBy = "created_by"
            case emptyLayer = "empty_layer"
        }
    }
}
