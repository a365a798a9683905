import OCI
import Registry
import Store
import Testing

/// What the distribution specification asks of manifests, tags and referrers.
struct ManifestContractTests {
    @Test func `an image is found by tag and by digest, and deleted by either`() async throws {
        try await RunningRegistry.with { registry in
            let image = try await registry.pushImage("web", "v1")
            for reference in ["v1", image.digest.description] {
                let got = try await registry.ask(.GET, "/v2/web/manifests/\(reference)")
                #expect(got.status == 200)
                #expect(got.header("content-type") == MediaType.manifest.rawValue)
                #expect(got.header("docker-content-digest") == image.digest.description)
                #expect(Digest.of(got.body) == image.digest)
                let head = try await registry.ask(.HEAD, "/v2/web/manifests/\(reference)")
                #expect(head.header("content-length") == String(image.size))
            }
            #expect(try await registry.ask(.DELETE, "/v2/web/manifests/v1").status == 202)
            #expect(try await registry.ask(.GET, "/v2/web/manifests/v1").status == 404)
            #expect(try await registry.ask(.GET, "/v2/web/manifests/\(image.digest)").status == 200)
            #expect(try await registry.ask(.DELETE, "/v2/web/manifests/\(image.digest)").status == 202)
            let gone = try await registry.ask(.GET, "/v2/web/manifests/\(image.digest)")
            #expect(gone.text.contains("\"MANIFEST_UNKNOWN\""))
            #expect(try await registry.ask(.GET, "/v2/nobody/manifests/v1").text.contains("\"NAME_UNKNOWN\""))
        }
    }

    @Test(arguments: [
        ("{", "MANIFEST_INVALID"), (#"{"schemaVersion":1}"#, "MANIFEST_INVALID"),
        (#"{"schemaVersion":2,"mediaType":"text/plain","layers":[]}"#, "MANIFEST_INVALID"),
        (
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","layers":[],"config":"#
                + #"{"mediaType":"a/b","size":2,"digest":"\#(Digest.of("{}"))"}}"#, "MANIFEST_BLOB_UNKNOWN"
        ),
    ])
    func `a manifest that can't be used is refused`(text: String, code: String) async throws {
        try await RunningRegistry.with { registry in
            let answer = try await registry.ask(.PUT, "/v2/web/manifests/v1", body: Array(text.utf8))
            #expect(answer.status == 400)
            #expect(answer.text.contains("\"\(code)\""))
        }
    }

    @Test func `types and digests must agree`() async throws {
        try await RunningRegistry.with { registry in
            let image = try await registry.pushImage("web", "v1")
            let bytes = try await registry.ask(.GET, "/v2/web/manifests/v1").body
            let wrongType = try await registry.ask(
                .PUT, "/v2/web/manifests/v2", ["content-type": MediaType.index.rawValue], body: bytes)
            #expect(wrongType.text.contains("\"MANIFEST_INVALID\""))
            let wrongDigest = try await registry.ask(.PUT, "/v2/web/manifests/\(Digest.of("x"))", body: bytes)
            #expect(wrongDigest.text.contains("\"DIGEST_INVALID\""))
            let strong = Digest.of(bytes, algorithm: .sha512)
            #expect(try await registry.ask(.PUT, "/v2/web/manifests/\(strong)", body: bytes).status == 201)
            #expect(try await registry.ask(.GET, "/v2/web/manifests/\(strong)").body == bytes)
            let picky = try await registry.ask(
                .GET, "/v2/web/manifests/\(image.digest)", ["accept": MediaType.index.rawValue])
            #expect(picky.status == 404)
            let large = [UInt8](repeating: 32, count: DocumentCoding.largest + 1)
            #expect(try await registry.ask(.PUT, "/v2/web/manifests/v3", body: large).status == 413)
        }
    }

    @Test func `an index wants its images first, and resolves to the platform's`() async throws {
        try await RunningRegistry.with { registry in
            let arm = try await registry.pushImage("web", "arm", content: "arm", platform: Platform("linux/arm64"))
            let amd = try await registry.pushImage("web", "amd", content: "amd", platform: Platform("linux/amd64"))
            let bytes = try DocumentCoding.encode(ImageIndex(manifests: [arm, amd]))
            let headers = ["content-type": MediaType.index.rawValue]
            #expect(try await registry.ask(.PUT, "/v2/other/manifests/all", headers, body: bytes).status == 400)
            #expect(try await registry.ask(.PUT, "/v2/web/manifests/all", headers, body: bytes).status == 201)
            let found = try await registry.store.find(registry.reference("web:all"), platform: Platform("linux/arm64"))
            #expect(found == nil, "the port is not one of the registry's names")
            let image = try await registry.store.find(
                ImageReference("localhost:5000/web:all"), platform: Platform("linux/arm64"))
            #expect(image?.digest == arm.digest)
            #expect(image?.configuration.architecture == "arm64")
            #expect(try await registry.store.find(ImageReference("web:amd"))?.digest == amd.digest)
        }
    }

    @Test func `tags are listed in order, in pages`() async throws {
        try await RunningRegistry.with { registry in
            for tag in ["b", "A", "c", "a", "10"] { _ = try await registry.pushImage("web", tag) }
            #expect(
                try await registry.ask(.GET, "/v2/web/tags/list").text
                    == #"{"name":"web","tags":["10","A","a","b","c"]}"#)
            let page = try await registry.ask(.GET, "/v2/web/tags/list?n=2")
            #expect(page.text.contains(#"["10","A"]"#))
            #expect(page.header("link") == #"</v2/web/tags/list?n=2&last=A>; rel="next""#)
            let next = try await registry.ask(.GET, "/v2/web/tags/list?n=3&last=A")
            #expect(next.text.contains(#"["a","b","c"]"#))
            #expect(next.header("link") == nil)
            #expect(try await registry.ask(.GET, "/v2/web/tags/list?n=0").text.contains("[]"))
            #expect(try await registry.ask(.GET, "/v2/none/tags/list").status == 404)
            _ = try await registry.pushImage("api", "1")
            #expect(try await registry.ask(.GET, "/v2/_catalog").text == #"{"repositories":["api","web"]}"#)
            #expect(
                try await registry.ask(.GET, "/v2/_catalog?n=1").header("link")
                    == #"</v2/_catalog?n=1&last=api>; rel="next""#)
        }
    }

    @Test func `what is attached to an image is listed and filtered`() async throws {
        try await RunningRegistry.with { registry in
            let image = try await registry.pushImage("web", "v1")
            let empty = try await registry.ask(.GET, "/v2/web/referrers/\(image.digest)")
            #expect(empty.status == 200)
            #expect(empty.header("content-type") == MediaType.index.rawValue)
            #expect(empty.text.contains("\"manifests\":[]"))
            let bill = try await registry.pushImage(
                "web", "sbom", subject: image, artifactType: "application/spdx+json")
            let other = try await registry.pushImage("web", "sig", subject: image)
            let all = try await registry.store.referrers("web", image.digest)
            #expect(Set(all.manifests.map(\.digest)) == [bill.digest, other.digest])
            let filtered = try await registry.ask(
                .GET, "/v2/web/referrers/\(image.digest)?artifactType=application/spdx%2Bjson")
            #expect(filtered.header("oci-filters-applied") == "artifactType")
            let index: ImageIndex = try DocumentCoding.decode(from: filtered.body, as: "referrers")
            #expect(index.manifests.map(\.digest) == [bill.digest])
            #expect(index.manifests.first?.artifactType == "application/spdx+json")
        }
    }

    @Test func `a collection removes only what no manifest needs`() async throws {
        try await RunningRegistry.with { registry in
            let kept = try await registry.pushImage("web", "v1", content: "kept")
            let dropped = try await registry.pushImage("web", "v2", content: "dropped")
            let loose = try await registry.push(Array("loose".utf8), to: "web")
            #expect(try await registry.store.collectGarbage().blobs == [])
            try await registry.store.deleteManifest("web", dropped.digest.description)
            let collected = try await registry.store.collectGarbage(grace: -10)
            #expect(collected.blobs.contains(loose.digest))
            #expect(collected.blobs.count == 3, "the loose blob, a configuration and a layer")
            #expect(try await registry.store.find(ImageReference("web:v1"))?.digest == kept.digest)
            try await registry.store.deleteManifest("web", "v1")
            #expect(
                try await registry.store.collectGarbage(keeping: [kept.digest], grace: -10, untagged: true).blobs == [])
            #expect(try await registry.store.collectGarbage(grace: -10, untagged: true).blobs.count == 2)
            #expect(try await registry.store.repositories() == [])
        }
    }
}
