import Foundation
import OCI
import Registry

/// Which tags of the registry may go, so that the images behind them can be collected.
enum ImageRetention {
    /// What is needed, whatever its age.
    struct Needs: Sendable, Equatable {
        /// The apps whose repositories (`APP/IMAGE`) the pipeline fills.
        var apps: Set<String> = []
        /// Images of releases and pods that are named by digest.
        var digests: Set<Digest> = []
        /// Images of pods that are named by tag, as `repository:tag`.
        var tags: Set<String> = []

        /// Adds an image as a release or a pod names it.
        mutating func add(_ image: String, in registry: RegistryStore) {
            guard let reference = try? ImageReference(image) else { return }
            if let digest = reference.digest {
                digests.insert(digest)
            } else {
                let names = [registry.ownRepository(for: reference), registry.mirrorRepository(for: reference)]
                for name in names.compactMap({ $0 }) { tags.insert("\(name):\(reference.tagOrLatest)") }
            }
        }
    }

    /// The tags that the pipeline gave to its images (seven digits of the commit), that nothing needs, and that were last given
    /// before `cutoff`. What people have pushed or tagged themselves, and bases, stay.
    static func expired(_ tags: [TagSummary], needing needs: Needs, before cutoff: Date) -> [TagSummary] {
        tags.filter { tag in
            isPipelines(tag, needs.apps) && tag.updated < cutoff && !needs.digests.contains(tag.digest)
                && !needs.tags.contains("\(tag.repository):\(tag.tag)")
        }
    }

    private static func isPipelines(_ tag: TagSummary, _ apps: Set<String>) -> Bool {
        guard let slash = tag.repository.firstIndex(of: "/"), apps.contains(String(tag.repository[..<slash])) else {
            return false
        }
        return tag.tag.utf8.count == 7
            && tag.tag.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
