import AsyncHTTPClient
import EstibaTesting
import HTTPTypes
import OCI
import Problems
import Registry
import Store
import Testing

struct ClientTests {
    @Test func `an image is pushed to another registry and pulled back`() async throws {
        try await RunningRegistry.with { here in
            try await RunningRegistry.with { there in
                let image = try await here.pushImage("web", "v1", content: String(repeating: "x", count: 1_000_000))
                let client = RegistryClient()
                let target = try there.reference("mirror/web:v1")
                try await client.ping(target)
                #expect(try await client.push("web", "v1", of: here.store, to: target) == image.digest)
                #expect(try await client.push("web", "v1", of: here.store, to: target) == image.digest)
                #expect(try await client.tags(target) == ["v1"])
                let pulled = try await client.pull(target, into: here.store, as: "back")
                #expect(pulled.digest == image.digest)
                #expect(try await here.store.find(ImageReference("back:v1"))?.layers == pulled.layers)
                let missing = await #expect(throws: RegistryClientProblem.self) {
                    try await client.pull(there.reference("mirror/web:v2"), into: here.store)
                }
                #expect(missing?.code == "registry.client.not-found")
            }
        }
    }

    @Test func `a login is sent when it is asked for`() async throws {
        let login = RegistryCredentials(user: "ship", password: "mate")
        try await RunningRegistry.with(guard: { _, headers, _ in
            if headers[.authorization] != "Basic c2hpcDptYXRl" { throw RegistryProblem.unauthorized }
        }) { registry in
            let reference = try registry.reference("web:v1")
            let refused = await #expect(throws: RegistryClientProblem.self) {
                try await RegistryClient().manifest(reference)
            }
            #expect(refused?.code == "registry.client.unauthorized")
            let client = RegistryClient(credentials: [registry.host: login])
            let absent = await #expect(throws: RegistryClientProblem.self) { try await client.manifest(reference) }
            #expect(absent?.code == "registry.client.not-found")
        }
    }

    @Test func `a registry that isn't there is said to be unreachable`() async throws {
        let error = await #expect(throws: RegistryClientProblem.self) {
            try await RegistryClient().manifest(ImageReference("127.0.0.1:1/web"))
        }
        #expect(error?.code == "registry.client.unreachable")
        #expect(error?.category == .unavailable)
    }
}
