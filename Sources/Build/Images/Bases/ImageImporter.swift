import FoundationEssentials
import Linux
package import OCI
package import Registry
import Store

/// Makes an image of one layer from a root file system.
package struct ImageImporter: Sendable {
    let registry: RegistryStore
    private let compression: Compression

    package init(registry: RegistryStore, compression: Compression = .zstd) {
        self.registry = registry
        self.compression = compression
    }

    /// Imports a tar archive (plain, gzip or zstd) or a directory.
    ///
    /// - Parameters:
    ///   - path: The archive or the directory.
    ///   - repository: Where the registry keeps it.
    ///   - execution: How containers of it run by default.
    ///   - comment: For the image's history.
    /// - Throws: `ImageProblem.importRefused` if it is neither.
    package func importRoot(
        _ path: String, as repository: String, tag: String, execution: ImageConfiguration.Execution = .init(),
        comment: String = "imported", platform: Platform = .current
    ) async throws -> ResolvedImage {
        let (blobs, compression) = (registry.blobs, compression)
        let layer = try await Thread.run(name: "estiba-import") {
            switch FileTree(root: path).entry("")?.kind {
            case .directory:
                let archive = LayerArchive(directory: path, latest: .max, compression: compression, changesFiles: false)
                guard let result = try archive.write(to: blobs) else {
                    throw ImageProblem.importRefused(path, why: "the directory is empty")
                }
                return result.layer
            case .file: return try Self.layer(of: path, blobs, compression)
            case nil: throw ImageProblem.importRefused(path, why: "it doesn't exist")
            default: throw ImageProblem.importRefused(path, why: "it is neither a file nor a directory")
            }
        }
        var configuration = ImageConfiguration(platform: platform)
        configuration.config = execution
        configuration.rootfs.diffIDs = [layer.diffID]
        configuration.history = [.init(createdBy: comment)]
        let digest = try await registry.putImage(configuration, layers: [layer.descriptor], in: repository, tags: [tag])
        return try await registry.image(repository, digest.description, platform: platform)
    }

    /// Compresses an archive anew, checking on the way that it is one.
    private static func layer(of path: String, _ blobs: BlobStore, _ compression: Compression) throws
        -> StageState.Layer
    {
        let writer = try blobs.writer()
        let compressed = HashingSink(passingTo: writer)
        let compressing = compression.compressing(into: compressed)
        let plain = HashingSink(passingTo: compressing)
        let tee = TeeSource(try ExpandingSource(FileSource(path: path)), plain)
        let reader = TarReader(tee)
        var members = 0
        do {
            while try reader.next() != nil { members += 1 }
        } catch let problem as OCIProblem {
            throw ImageProblem.importRefused(path, why: problem.summary)
        }
        guard members > 0 else { throw ImageProblem.importRefused(path, why: "the archive is empty") }
        try tee.forEachChunk { _ in }
        try compressing.finish()
        let digest = try writer.commit()
        return StageState.Layer(
            descriptor: Descriptor(mediaType: compression.layerType, digest: digest, size: compressed.count),
            diffID: plain.digest)
    }
}

/// Passes on to a sink everything that is read through it.
private final class TeeSource: ByteSource {
    private let source: any ByteSource
    private let sink: any ByteSink

    init(_ source: any ByteSource, _ sink: any ByteSink) {
        self.source = source
        self.sink = sink
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
