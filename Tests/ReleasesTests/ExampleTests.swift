import Delivery
import FoundationEssentials
import Kube
import Testing

@testable import Releases

/// The app that comes with Estiba is delivered by its own file.
@Suite struct ExampleTests {
    @Test func `PortTrack's delivery file and manifests are read and rendered`() async throws {
        let root =
            URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Examples/PortTrack"
        let file = try DeliveryFile.read(try ManifestFiles.source(DeliveryFile.name, in: root)) {
            FileManager.default.fileExists(atPath: "\(root)/\($0)")
        }
        let manifests = try await ManifestFiles.loadAll(file, in: root)
        let images = Dictionary(uniqueKeysWithValues: file.images.map { ($0.name, "registry/\($0.name)@sha256:aa") })
        let release = Release(
            id: ReleaseID(app: file.app, number: 1), revision: try Samples.revision(),
            run: RunID(app: file.app, number: 1), images: images, manifestsDigest: "",
            createdAt: Date(timeIntervalSince1970: 0))
        for environment in file.environments {
            let set = try Rendering(
                ReleaseContent(
                    release: release, file: file, manifests: manifests.base, variants: manifests.variants),
                in: environment.name
            ).render()
            #expect(set.workloads.keys.sorted() == ["routes", "ships"])
            #expect(set.routedServices == ["routes", "ships"])
            for deployment in set.objects(ofKind: "Deployment") {
                #expect(deployment.text.contains("@sha256:aa"))
                #expect(set.services(of: ObjectKey(deployment).name).count == 1)
            }
        }
    }
}
