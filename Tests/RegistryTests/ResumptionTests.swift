import EstibaTesting
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import OCI
import Registry
import Store
import Synchronization
import Testing
import Web

/// Breaks off the first transfer of a large body in each direction, halfway.
private struct Interrupting: RouterMiddleware {
    typealias Context = WebContext

    let interruptions = Interruptions()

    final class Interruptions: Sendable {
        let pulls = Atomic<Int>(0)
        let pushes = Atomic<Int>(0)
        /// The `Range` headers that came after the interruption.
        let ranges = Mutex<[String]>([])
    }

    struct Cut: Error {}

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        if request.method == .patch, interruptions.pushes.add(1, ordering: .relaxed).oldValue == 0 {
            var original = request
            let whole = try await original.collectBody(upTo: 64 << 20)
            var head = request.head
            head.headerFields[.contentRange] = nil
            let half = RequestBody(buffer: whole.getSlice(at: 0, length: whole.readableBytes / 2) ?? whole)
            _ = try await next(Request(head: head, body: half), context)
            return Response(status: .serviceUnavailable)
        }
        var response = try await next(request, context)
        guard request.method == .get, request.uri.path.contains("/blobs/sha256"),
            (response.body.contentLength ?? 0) > 100_000
        else { return response }
        if let range = request.headers[.range] { interruptions.ranges.withLock { $0.append(range) } }
        if interruptions.pulls.add(1, ordering: .relaxed).oldValue == 0 {
            let length = response.body.contentLength ?? 0
            let piece = ByteBuffer(repeating: 7, count: length / 2)
            response.body = ResponseBody(contentLength: length) { writer in
                try await writer.write(piece)
                throw Cut()
            }
        }
        return response
    }
}

struct ResumptionTests {
    /// Runs the body with a registry that breaks off, at a host.
    private func withFlaky(
        _ body: @Sendable (_ store: RegistryStore, _ host: String, Interrupting.Interruptions) async throws -> Void
    ) async throws {
        try await TemporaryDirectory.with { directory in
            let store = try RegistryStore(
                blobs: BlobStore(root: directory.file("blobs")), path: directory.file("registry.sqlite"))
            let middleware = Interrupting()
            let router = Router(context: WebContext.self)
            router.add(middleware: middleware)
            RegistryRoutes(store).add(to: router)
            let (ports, feed) = AsyncStream<Int>.makeStream()
            let server = WebServer(
                name: "registry", port: 0, responder: router.buildResponder(), logger: Logger(label: "test"),
                ready: { feed.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await port in ports {
                    try await body(store, "127.0.0.1:\(port)", middleware.interruptions)
                    break
                }
                group.cancelAll()
            }
        }
    }

    /// An image whose one layer is a megabyte of sevens.
    private func put(_ store: RegistryStore) async throws -> Digest {
        let layer = [UInt8](repeating: 7, count: 1 << 20)
        var descriptor = try store.blobs.put(layer)
        descriptor.mediaType = .layer
        var configuration = ImageConfiguration()
        configuration.rootfs.diffIDs = [descriptor.digest]
        return try await store.putImage(configuration, layers: [descriptor], in: "web", tags: ["v1"])
    }

    @Test func `a pull that breaks off goes on where it stood`() async throws {
        try await withFlaky { store, host, interruptions in
            try await TemporaryDirectory.with { directory in
                let digest = try await put(store)
                let mine = try RegistryStore(
                    blobs: BlobStore(root: directory.file("blobs")), path: directory.file("registry.sqlite"))
                let image = try await RegistryClient().pull(ImageReference("\(host)/web:v1"), into: mine)
                #expect(image.digest == digest)
                #expect(interruptions.pulls.load(ordering: .relaxed) == 2)
                let ranges = interruptions.ranges.withLock { $0 }
                #expect(ranges.count == 1)
            }
        }
    }

    @Test func `a push that breaks off goes on where it stood`() async throws {
        try await withFlaky { store, host, interruptions in
            try await TemporaryDirectory.with { directory in
                let mine = try RegistryStore(
                    blobs: BlobStore(root: directory.file("blobs")), path: directory.file("registry.sqlite"))
                let digest = try await put(mine)
                let pushed = try await RegistryClient()
                    .push("web", "v1", of: mine, to: ImageReference("\(host)/there/web:v1"))
                #expect(pushed == digest)
                #expect(interruptions.pushes.load(ordering: .relaxed) >= 2)
                let image = try await store.image("there/web", "v1")
                #expect(image.digest == digest)
            }
        }
    }
}
