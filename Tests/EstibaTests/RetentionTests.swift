import Containers
import EstibaTesting
import Foundation
import Images
import OCI
import Store
import Synchronization
import Testing

@testable import Registry
@testable import estiba

struct RetentionTests {
    private let day = 86_400.0
    private let now = Date(timeIntervalSince1970: 100 * 86_400)

    private func tag(_ repository: String, _ tag: String, _ content: String, age days: Double) -> TagSummary {
        TagSummary(
            repository: repository, tag: tag, digest: .of(content), size: 1,
            updated: now.addingTimeInterval(-days * day))
    }

    private func expired(_ tags: [TagSummary], _ change: (inout ImageRetention.Needs) -> Void = { _ in }) -> [String] {
        var needs = ImageRetention.Needs(apps: ["harbour"])
        change(&needs)
        return ImageRetention.expired(tags, needing: needs, before: now.addingTimeInterval(-14 * day)).map {
            "\($0.repository):\($0.tag)"
        }
    }

    @Test func `an old image of the pipeline goes unless something needs it`() {
        let old = tag("harbour/ships", "0a1b2c3", "old", age: 15)
        #expect(expired([old]) == ["harbour/ships:0a1b2c3"])
        #expect(expired([tag("harbour/ships", "0a1b2c3", "young", age: 13)]).isEmpty)
        #expect(expired([old]) { $0.digests = [old.digest] }.isEmpty)
        #expect(expired([old]) { $0.tags = ["harbour/ships:0a1b2c3"] }.isEmpty)
    }

    @Test(arguments: ["harbour/ships:v1", "harbour/ships:latest", "other/ships:0a1b2c3", "tools:0a1b2c3"])
    func `what people named themselves stays`(_ name: String) {
        let parts = name.split(separator: ":").map(String.init)
        #expect(expired([tag(parts[0], parts[1], "theirs", age: 99)]).isEmpty)
    }

    @Test func `logs of runs go when they are old, over, and not among the newest`() {
        let runs = (1...6).map { number in
            RunRetention.Run(
                number: number, createdAt: now.addingTimeInterval(-Double(40 - number) * day), isFinished: number != 2)
        }
        let cutoff = now.addingTimeInterval(-30 * day)
        #expect(RunRetention.expired(runs, keeping: 2, before: cutoff) == [4, 3, 1])
        #expect(RunRetention.expired(runs, keeping: 6, before: cutoff).isEmpty)
        #expect(RunRetention.expired(runs, keeping: 0, before: now.addingTimeInterval(-38.5 * day)) == [1])
    }

    @Test func `a collection removes what is old and unneeded, down to the blobs, and nothing else`() async throws {
        try await TemporaryDirectory.with { directory in
            let time = Mutex(now.addingTimeInterval(-20 * day))
            let blobs = try BlobStore(root: directory.file("blobs"))
            let registry = try RegistryStore(
                blobs: blobs, path: directory.file("registry.db"), now: { time.withLock { $0 } })
            func image(_ tag: String) async throws -> Digest {
                let layer = try blobs.put(Array("layer of \(tag)".utf8))
                try await registry.link([layer.digest], in: "harbour/ships")
                var configuration = ImageConfiguration(platform: .current)
                configuration.rootfs.diffIDs = [layer.digest]
                return try await registry.putImage(
                    configuration,
                    layers: [Descriptor(mediaType: .layer, digest: layer.digest, size: layer.size)],
                    in: "harbour/ships", tags: [tag])
            }
            let needed = try await image("aaaaaaa")
            let old = try await image("bbbbbbb")
            // Files bear the machine's time, so the collection takes place some time after that.
            let later = Date().addingTimeInterval(15 * day)
            time.withLock { $0 = later }
            let young = try await image("ccccccc")
            let collection = ImageCollection(
                registry: registry, cache: BuildCache(folder: directory.file("cache"), blobs: blobs),
                layers: LayerStore(root: directory.file("layers"), blobs: blobs), days: 14
            ) {
                var needs = ImageRetention.Needs(apps: ["harbour"])
                needs.add("localhost:5000/harbour/ships@\(needed)", in: registry)
                return needs
            }
            try FileManager.default.createDirectory(
                atPath: directory.file("layers"), withIntermediateDirectories: true)
            let removed = try await collection.collect(now: later)
            #expect(removed.tags == 1 && removed.bytes > 0)
            #expect(try await registry.tags("harbour/ships") == ["aaaaaaa", "ccccccc"])
            for digest in [needed, young] {
                _ = try await registry.image("harbour/ships", digest.description)
            }
            await #expect(throws: RegistryProblem.self) {
                try await registry.manifest("harbour/ships", old.description)
            }
            #expect(!blobs.contains(.of("layer of bbbbbbb")) && blobs.contains(.of("layer of aaaaaaa")))
            #expect(try await collection.collect(now: later) == ImageCollection.Removed())
        }
    }
}
