import OCI
import Testing

struct DocumentTests {
    @Test func `a configuration written by Docker is read, whatever else it holds`() throws {
        let text = """
            {"architecture":"amd64","config":{"Hostname":"","Domainname":"","User":"app","AttachStdin":false,
            "ExposedPorts":{"8080/tcp":{},"53/udp":{}},"Env":["PATH=/bin","A=1"],"Cmd":["sh"],"Image":"sha256:x",
            "Volumes":null,"WorkingDir":"/srv","Entrypoint":null,"OnBuild":null,"Labels":{"a":"b"},
            "Healthcheck":{"Test":["CMD","true"],"Interval":1000000000}},"container":"1","docker_version":"20",
            "history":[{"created":"2020-01-01T00:00:00Z","created_by":"/bin/sh -c #(nop) CMD","empty_layer":true}],
            "os":"linux","rootfs":{"type":"layers","diff_ids":["\(Digest.of("x"))"]}}
            """
        let image: ImageConfiguration = try DocumentCoding.decode(from: text.utf8, as: "image configuration")
        #expect(image.config?.exposedPorts == ["53/udp", "8080/tcp"])
        #expect(image.config?.environment("A") == "1")
        #expect(image.config?.volumes == [])
        #expect(image.config?.healthcheck?.interval == 1_000_000_000)
        #expect(image.rootfs.diffIDs == [Digest.of("x")])
        #expect(image.history?.first?.emptyLayer == true)
    }

    @Test func `writing is deterministic and reads back`() throws {
        var image = ImageConfiguration(platform: Platform(architecture: "amd64"))
        image.config?.labels = ["z": "1", "a": "2/3"]
        image.config?.exposedPorts = ["80/tcp"]
        let bytes = try DocumentCoding.encode(image)
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"architecture":"amd64","config":{"ExposedPorts":{"80/tcp":{}},"Labels":{"a":"2/3","z":"1"}},"#
                + #""history":[],"os":"linux","rootfs":{"diff_ids":[],"type":"layers"}}"#)
        #expect(try DocumentCoding.decode(ImageConfiguration.self, from: bytes, as: "configuration") == image)
    }

    @Test(arguments: [
        ("{", "it is not JSON"),
        (#"{"schemaVersion":2,"layers":[]}"#, "the document has no \"config\""),
        (
            #"{"schemaVersion":2,"layers":[],"config":{"mediaType":"a","digest":"x","size":1}}"#,
            "config.digest: \"x\" is not a digest: there is no colon"
        ),
    ])
    func `a wrong manifest says where`(text: String, why: String) {
        #expect(throws: OCIProblem.document("manifest", why: why)) {
            try DocumentCoding.decode(ImageManifest.self, from: text.utf8, as: "manifest")
        }
    }

    @Test func `an index chooses by platform, the exact variant first`() throws {
        func entry(_ text: String) throws -> Descriptor {
            Descriptor(mediaType: .manifest, digest: .of(text), size: 1, platform: try Platform(text))
        }
        let index = ImageIndex(
            manifests: try ["linux/amd64", "linux/arm/v6", "linux/arm/v7", "linux/arm64"].map(entry))
        #expect(try index.select(Platform("linux/arm/v7")).digest == .of("linux/arm/v7"))
        #expect(try index.select(Platform("aarch64")).digest == .of("linux/arm64"))
        #expect(try index.select(Platform("linux/arm64/v8")).digest == .of("linux/arm64"))
        let error = #expect(throws: OCIProblem.self) { try index.select(Platform("linux/s390x")) }
        #expect(
            error?.summary
                == "the index has no image for linux/s390x; it has linux/amd64, linux/arm/v6, linux/arm/v7, linux/arm64"
        )
    }
}
