import EstibaTesting
import Linux
import OCI
import Registry
import Testing

/// The registry with buildah and podman, each with a storage of its own.
@Suite(
    .serialized, .enabled(if: Requirement.root, "needs root"),
    .enabled(if: Requirement.programs("buildah", "podman"), "needs buildah and podman"))
struct ContainerToolsTests {
    private func storage(_ registry: RunningRegistry) -> [String] {
        let path = registry.directory.path
        return ["--root", path + "/storage", "--runroot", path + "/run", "--storage-driver", "vfs"]
    }

    private func run(_ program: String, _ registry: RunningRegistry, _ arguments: String...) async throws -> String {
        try await Command(program, storage(registry) + arguments).run().checked().text
            .split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
    }

    @Test func `buildah pushes an image, and podman pulls and removes it`() async throws {
        try await RunningRegistry.with { registry in
            let file = try registry.directory.write("greeting", String(repeating: "ahoy ", count: 100_000))
            let container = try await run("buildah", registry, "from", "scratch")
            _ = try await run("buildah", registry, "copy", container, file, "/greeting")
            _ = try await run("buildah", registry, "config", "--label", "team=harbour", container)
            _ = try await run("buildah", registry, "commit", "--rm", container, "made")
            let target = "docker://\(registry.host)/team/made:v1"
            _ = try await run("buildah", registry, "push", "--tls-verify=false", "made", target)
            let image = try await registry.store.image("team/made", "v1")
            #expect(image.configuration.config?.labels["team"] == "harbour")
            #expect(image.layers.count == 1)
            _ = try await run("buildah", registry, "rmi", "--all", "--force")
            let id = try await run("podman", registry, "pull", "--tls-verify=false", "\(registry.host)/team/made:v1")
            #expect(id == image.manifest.config.digest.hex)
            _ = try await run("podman", registry, "tag", id, "\(registry.host)/team/again:v2")
            _ = try await run("podman", registry, "push", "--tls-verify=false", "\(registry.host)/team/again:v2")
            #expect(try await registry.store.image("team/again", "v2").configuration == image.configuration)
            _ = try await run("podman", registry, "rmi", "--all", "--force")
        }
    }
}
