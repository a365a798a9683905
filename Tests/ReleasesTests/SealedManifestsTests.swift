import Crypto
import Delivery
import EstibaTesting
import Foundation
import Kube
import Store
import Testing

@testable import Releases

struct SealedManifestsTests {
    private let key = SealingKey(SymmetricKey(size: .bits256))
    private let manifests = [
        Manifest(
            tree: ["kind": "Secret", "metadata": ["name": "tide"], "stringData": ["token": "ahoy-5Rk2"]],
            file: "deploy/secret.yml", line: 1)
    ]

    private func release(_ store: ReleaseStore) async throws -> ReleaseID {
        let app = try Samples.app()
        let revision = try Samples.revision()
        let record = try await store.createRun(app) { id in
            DeliveryRecord(
                id: id, kind: .delivery, revision: revision, target: nil, actor: "ada", createdAt: .distantPast)
        }
        return try await store.createRelease(
            for: record, file: DeliveryFile(app: app, environments: []), images: [:],
            manifests: ManifestSet(base: manifests),
            at: .distantPast
        ) { _ in record }.release.id
    }

    private func stands(_ directory: EstibaTesting.TemporaryDirectory) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: directory.path).contains { name in
            try Data(contentsOf: URL(filePath: directory.file(name))).range(of: Data("ahoy-5Rk2".utf8)) != nil
        }
    }

    @Test func `a release's Secrets are sealed on disk, also those of earlier releases`() async throws {
        try await EstibaTesting.TemporaryDirectory.with { directory in
            let path = directory.file("releases.db")
            let first = try await release(ReleaseStore(path: path))
            #expect(try stands(directory))
            let store = try ReleaseStore(path: path, sealedWith: key)
            #expect(try !stands(directory))
            let second = try await release(store)
            #expect(try !stands(directory))
            for id in [first, second] { #expect(try await store.content(id)?.manifests == manifests) }
        }
    }
}
