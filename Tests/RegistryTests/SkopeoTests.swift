import EstibaTesting
import Linux
import OCI
import Registry
import Testing

/// The registry with clients that others wrote.
@Suite(.enabled(if: Requirement.programs("skopeo"), "needs skopeo"))
struct SkopeoTests {
    @discardableResult
    private func skopeo(_ arguments: String...) async throws -> String {
        let output = try await Command("skopeo", ["--insecure-policy"] + arguments).run().checked()
        return output.text
    }

    @Test(arguments: ["oci", "dir"])
    func `skopeo copies an image out and in again`(transport: String) async throws {
        try await RunningRegistry.with { registry in
            let image = try await registry.pushImage("web", "v1", content: String(repeating: "y", count: 300_000))
            let place = "\(transport):" + registry.directory.file("copy") + (transport == "oci" ? ":v1" : "")
            try await skopeo(
                "copy", "--src-tls-verify=false", "--preserve-digests", "docker://\(registry.host)/web:v1", place)
            try await skopeo(
                "copy", "--dest-tls-verify=false", "--preserve-digests", place, "docker://\(registry.host)/again:v2")
            #expect(try await registry.store.manifest("again", "v2").digest == image.digest)
            #expect(
                try await skopeo("list-tags", "--tls-verify=false", "docker://\(registry.host)/again").contains(
                    "\"v2\""))
            try await skopeo("delete", "--tls-verify=false", "docker://\(registry.host)/again:v2")
            await #expect(throws: RegistryProblem.self) { try await registry.store.manifest("again", "v2") }
        }
    }

    @Test func `skopeo copies every image of an index`() async throws {
        try await RunningRegistry.with { registry in
            let arm = try await registry.pushImage("web", "arm", content: "arm", platform: Platform("linux/arm64"))
            let amd = try await registry.pushImage("web", "amd", content: "amd", platform: Platform("linux/amd64"))
            let bytes = try DocumentCoding.encode(ImageIndex(manifests: [arm, amd]))
            try await registry.ask(
                .PUT, "/v2/web/manifests/all", ["content-type": MediaType.index.rawValue], body: bytes)
            try await skopeo(
                "copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false",
                "docker://\(registry.host)/web:all",
                "docker://\(registry.host)/copy:all")
            #expect(try await registry.store.manifest("copy", "all").digest == .of(bytes))
            #expect(
                try await registry.store.image("copy", "all", platform: Platform("linux/arm64")).digest == arm.digest)
        }
    }
}
