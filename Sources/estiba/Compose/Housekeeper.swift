import Containers
import Delivery
import Foundation
import Images
import Kube
import Logging
import OCI
import Problems
import Registry
import Releases
import ServiceLifecycle
import Store
import Workflows

/// Removes, once an hour, what nobody needs any more: images and layers, the logs and artifacts of old runs.
struct Housekeeper: ServiceLifecycle.Service {
    let images: ImageCollection
    let runs: RunCollection
    let logger: Logger
    var pause = Duration.seconds(3600)
    /// After the start of the server, when there is more urgent work.
    var delay = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var wait = delay
            while (try? await Task.sleep(for: wait)) != nil {
                await tidy(now: Date())
                wait = pause
            }
        }
    }

    private func tidy(now: Date) async {
        do {
            let removed = try await runs.collect(now: now)
            if removed > 0 { logger.notice("logs of old runs removed", metadata: ["runs.count": "\(removed)"]) }
        } catch { logger.error("logs of old runs can't be removed", metadata: ["error": "\(brief(error))"]) }
        do {
            let removed = try await images.collect(now: now)
            if removed.bytes > 0 || !removed.layers.isEmpty {
                logger.notice(
                    "images that nothing needs removed",
                    metadata: [
                        "images.tags": "\(removed.tags)", "images.bytes": "\(removed.bytes)",
                        "images.layers": "\(removed.layers.count)",
                    ])
            }
        } catch { logger.error("old images can't be removed", metadata: ["error": "\(brief(error))"]) }
    }
}

/// Collects images, the build cache and unpacked layers.
struct ImageCollection: Sendable {
    let registry: RegistryStore
    let cache: BuildCache
    let layers: LayerStore
    let days: Int
    /// What releases and pods need.
    let needs: @Sendable () async throws -> ImageRetention.Needs

    /// What went.
    struct Removed: Sendable, Equatable {
        var tags = 0
        var bytes: Int64 = 0
        var layers: [Digest] = []
    }

    /// What is needed is looked up first and again as young: a build or push that begins meanwhile is younger than the cut-off.
    func collect(now: Date) async throws -> Removed {
        let cutoff = now.addingTimeInterval(-Double(days) * 86400)
        let seconds = Int64(cutoff.timeIntervalSince1970)
        let needs = try await self.needs()
        var removed = Removed()
        for tag in ImageRetention.expired(try await registry.summaries(), needing: needs, before: cutoff) {
            try await registry.deleteManifest(tag.repository, tag.tag)
            removed.tags += 1
        }
        let cached = try cache.live(since: seconds)
        removed.bytes = try await registry.collectGarbage(
            keeping: needs.digests.union(cached.blobs), grace: Double(days) * 86400, untagged: true
        ).bytes
        let live = try await registry.unpackedLayers().union(cached.layers)
        removed.layers = try await layers.collect(keeping: live, before: seconds)
        return removed
    }
}

extension ImageCollection {
    /// So many of an app's newest releases stay deliverable, also those that nothing runs.
    private static let newestReleases = 10

    /// What the releases of the pipeline and everything in the cluster need.
    static func needs(
        _ pipeline: Pipeline, _ client: ClusterClient, _ registry: RegistryStore
    ) async throws -> ImageRetention.Needs {
        var needs = ImageRetention.Needs()
        needs.apps = Set(try await pipeline.apps().map(\.value))
        for release in try await pipeline.releasesInUse(newest: newestReleases) {
            for image in release.images.values { needs.add(image, in: registry) }
        }
        for resource in [Pod.resource, ReplicaSet.resource, Deployment.resource] {
            for object in try await client.json("GET", resource.path())["items"]?.array ?? [] {
                let spec = resource == Pod.resource ? object["spec"] : object["spec"]?["template"]?["spec"]
                for key in ["containers", "initContainers"] {
                    for container in spec?[key]?.array ?? [] {
                        if let image = container["image"]?.string { needs.add(image, in: registry) }
                    }
                }
            }
        }
        return needs
    }
}

/// Collects the logs and artifacts of runs.
struct RunCollection: Sendable {
    let archive: RunArchive
    let pipeline: Pipeline
    let days: Int

    /// So many of an app's newest runs keep their logs, whatever their age.
    private static let newestRuns = 20

    /// Returns how many runs' logs went.
    func collect(now: Date) async throws -> Int {
        let cutoff = now.addingTimeInterval(-Double(days) * 86400)
        var removed = 0
        for app in try await pipeline.apps() {
            var runs: [RunRetention.Run] = []
            for number in archive.numbers(of: app) {
                // A run that is not written down may be one of a restored backup: it is left alone.
                guard let record = try? await pipeline.run(RunID(app: app, number: number)) else { continue }
                runs.append(.init(number: number, createdAt: record.createdAt, isFinished: record.state.isFinished))
            }
            for number in RunRetention.expired(runs, keeping: Self.newestRuns, before: cutoff) {
                try archive.remove(RunID(app: app, number: number))
                removed += 1
            }
        }
        return removed
    }
}
