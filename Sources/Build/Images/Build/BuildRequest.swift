package import Linux
package import OCI

/// What to build.
package struct BuildRequest: Sendable {
    /// The directory that COPY copies from.
    package var context: String
    /// The Dockerfile's path: absolute, or relative to the context.
    package var dockerfile = "Dockerfile"
    /// The directory from which messages name files, such as that of a checkout; nil where the paths are the writer's own.
    package var root: String?
    /// `--build-arg`.
    package var arguments: [String: String] = [:]
    /// The stage to build; the last one by default.
    package var target: String?
    /// The names under which this registry keeps the image; at least one.
    package var references: [ImageReference]
    package var platform = Platform.current
    package var labels: [String: String] = [:]
    /// The image's time of creation, seconds since 1970: that of the commit. It does not touch the files, so that an unchanged
    /// file gives an unchanged layer, whatever the commit.
    package var created: Int64?
    package var usesCache = true
    /// Whether to ask other registries for newer base images first.
    package var refreshesBases = false
    package var compression = Compression.zstd
    /// For each RUN. By default it gets only a small share of the processors while others want them.
    package var limits = CgroupLimits(cpuRequest: 100)
    package var timeout: Duration?

    package init(context: String, references: [ImageReference]) {
        self.context = context
        self.references = references
    }

    /// A path as the writer of the files knows it.
    func shown(_ path: String) -> String {
        guard let root, path.hasPrefix(root + "/") else { return path }
        return String(path.dropFirst(root.utf8.count + 1))
    }

    /// The time of files in layers: nothing in a layer is younger. It is the earliest that zip archives can hold, or SOURCE_DATE_EPOCH
    /// where that is given as an argument.
    var latestFileTime: Int64 { arguments["SOURCE_DATE_EPOCH"].flatMap { Int64($0) } ?? 315_532_800 }
}

/// What was built.
package struct BuildResult: Sendable {
    /// The digest of the manifest.
    package let digest: Digest
    /// Configuration and layers, in bytes, as they are stored and transferred.
    package let size: Int64
    /// Pinned to the digest.
    package let references: [ImageReference]
    package let configuration: ImageConfiguration
    package let steps: Int
    /// Steps that touch files and came from the cache.
    package let cachedSteps: Int
    /// Steps that touch files and had to be done.
    package let executedSteps: Int
    package let duration: Duration

    /// Whether nothing had to be done.
    package var wasCached: Bool { executedSteps == 0 }
}

/// What happens during a build, in order.
package enum BuildEvent: Sendable {
    package struct Step: Sendable, Equatable {
        package let number: Int
        package let total: Int
        package let stage: String
        /// The instruction in one line.
        package let text: String
    }

    case started(Step)
    /// A line that a command wrote, or a note about the progress of a base image.
    case log(Step, String)
    case cached(Step)
    /// `layerSize` in bytes, compressed; nil if no layer came of it.
    case finished(Step, Duration, layerSize: Int64?)
    case failed(Step)
    case warning(String)
    case exported(BuildResult)
}
