package import OCI
import Store

/// An image for one platform, ready to be unpacked.
package struct ResolvedImage: Sendable {
    package let repository: String
    /// The digest of the image's manifest.
    package let digest: Digest
    package let manifest: ImageManifest
    package let configuration: ImageConfiguration
    /// Lowest first.
    package let layers: [Layer]

    package struct Layer: Sendable, Hashable {
        /// Digest and size of the blob, and its media type.
        package let descriptor: Descriptor
        /// The digest of the archive without compression.
        package let diffID: Digest
        /// The blob's file.
        package let path: String
    }

    /// Configuration and layers, in bytes, compressed.
    package var size: Int64 { layers.reduce(manifest.config.size) { $0 + $1.descriptor.size } }
}

extension RegistryStore {
    /// Finds an image that this registry holds: its own under that name, else one that was fetched from elsewhere.
    ///
    /// - Returns: nil if the registry has no image of that name.
    /// - Throws: `OCIProblem.noPlatform` if it has none for the platform; `BlobProblem.missing` if a blob was lost.
    package func find(_ reference: ImageReference, platform: Platform = .current) async throws -> ResolvedImage? {
        var repositories: [String] = []
        let own = ownRepository(for: reference)
        if let own { repositories.append(own) }
        let mirror = mirrorRepository(for: reference)
        if !repositories.contains(mirror) { repositories.append(mirror) }
        for repository in repositories {
            do {
                return try await image(repository, reference.selector, platform: platform)
            } catch let problem as RegistryProblem {
                switch problem {
                case .unknownName, .unknownManifest: continue
                default: throw problem
                }
            } catch OCIProblem.noPlatform where repository == mirror && repository != own {
                // What was fetched for another kind of machine is no reason not to fetch it for this one.
                continue
            }
        }
        return nil
    }

    /// The image under a tag or digest of a repository, for a platform.
    package func image(_ repository: String, _ reference: String, platform: Platform = .current) async throws
        -> ResolvedImage
    {
        var stored = try await manifest(repository, reference)
        if stored.mediaType.isIndex {
            let index: ImageIndex = try DocumentCoding.decode(from: stored.bytes, as: "image index")
            stored = try await manifest(repository, try index.select(platform).digest.description)
        }
        let manifest: ImageManifest = try DocumentCoding.decode(from: stored.bytes, as: "image manifest")
        let configuration: ImageConfiguration = try DocumentCoding.decode(
            from: try blobs.read(manifest.config.digest, limit: 16 << 20), as: "image configuration")
        if !configuration.architecture.isEmpty, !configuration.platform.runs(on: platform) {
            throw OCIProblem.noPlatform(platform, available: [configuration.platform])
        }
        let layers = manifest.layers.filter { $0.mediaType.isLayer }
        guard layers.count == manifest.layers.count, layers.count == configuration.rootfs.diffIDs.count else {
            throw RegistryProblem.invalidManifest(
                why: "\(repository)@\(stored.digest) is not a container image: its layers don't match its configuration"
            )
        }
        return ResolvedImage(
            repository: repository, digest: stored.digest, manifest: manifest, configuration: configuration,
            layers: try zip(layers, configuration.rootfs.diffIDs).map { descriptor, diffID in
                guard blobs.contains(descriptor.digest) else { throw BlobProblem.missing(descriptor.digest) }
                return ResolvedImage.Layer(descriptor: descriptor, diffID: diffID, path: blobs.path(descriptor.digest))
            })
    }

    /// Keeps an image whose layers are in the blob store already, under a repository and tags.
    ///
    /// - Returns: the manifest's digest.
    package func putImage(
        _ configuration: ImageConfiguration, layers: [Descriptor], in repository: String, tags: [String],
        annotations: [String: String]? = nil
    ) async throws -> Digest {
        let bytes = try DocumentCoding.encode(configuration)
        try blobs.put(bytes)
        let config = Descriptor(mediaType: .configuration, of: bytes)
        try await link([config.digest] + layers.map(\.digest), in: repository)
        let manifest = try ManifestDocument(
            DocumentCoding.encode(ImageManifest(config: config, layers: layers, annotations: annotations)))
        try await put(manifest, in: repository, tags: tags)
        return manifest.digest
    }
}
