import AsyncHTTPClient
import EstibaTesting
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import OCI
import Registry
import ServiceLifecycle
import Store
import Web

/// A registry on a free port of this machine, for the time of a closure.
struct RunningRegistry: Sendable {
    let store: RegistryStore
    let port: Int
    let directory: TemporaryDirectory

    var host: String { "127.0.0.1:\(port)" }

    func reference(_ name: String) throws -> ImageReference { try ImageReference("\(host)/\(name)") }

    static func with(
        guard check: @escaping RegistryRoutes.Guard = RegistryRoutes.loopbackOnly,
        _ body: @Sendable (RunningRegistry) async throws -> Void
    ) async throws {
        try await TemporaryDirectory.with { directory in
            let store = try RegistryStore(
                blobs: BlobStore(root: directory.file("blobs")), path: directory.file("registry.sqlite"))
            let router = Router(context: WebContext.self)
            RegistryRoutes(store, guard: check).add(to: router)
            let (ports, continuation) = AsyncStream<Int>.makeStream()
            let server = WebServer(
                name: "registry", port: 0, responder: router.buildResponder(), logger: Logger(label: "test"),
                ready: { continuation.yield($0) })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                for await port in ports {
                    try await body(RunningRegistry(store: store, port: port, directory: directory))
                    break
                }
                group.cancelAll()
            }
        }
    }

    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
        func header(_ name: String) -> String? { headers.first(name: name) }
    }

    enum Verb: String {
        case GET, HEAD, PUT, POST, PATCH, DELETE
    }

    @discardableResult
    func ask(
        _ verb: Verb, _ target: String, _ headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://\(host)\(target)")
        request.method = HTTPMethod(rawValue: verb.rawValue)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
        let collected = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: Array(collected.readableBytesView))
    }

    /// Uploads a blob in one request and returns its descriptor.
    func push(_ blob: [UInt8], to repository: String, type: OCI.MediaType = .layer) async throws -> Descriptor {
        let descriptor = Descriptor(mediaType: type, of: blob)
        _ = try await ask(
            .POST, "/v2/\(repository)/blobs/uploads/?digest=\(descriptor.digest)",
            ["content-type": "application/octet-stream"], body: blob)
        return descriptor
    }

    /// A small image made of one layer with one file.
    func pushImage(
        _ repository: String, _ tag: String, content: String = "hello", platform: Platform = .current,
        subject: Descriptor? = nil, artifactType: String? = nil
    ) async throws -> Descriptor {
        let sink = MemorySink()
        let tar = TarWriter(sink)
        try tar.append(TarEntry(path: "file", kind: .file), content: Array(content.utf8))
        try tar.finish()
        let layer = try await push(sink.bytes, to: repository)
        var configuration = ImageConfiguration(platform: platform)
        configuration.rootfs.diffIDs = [.of(sink.bytes)]
        let config = try await push(DocumentCoding.encode(configuration), to: repository, type: .configuration)
        let bytes = try DocumentCoding.encode(
            ImageManifest(config: config, layers: [layer], artifactType: artifactType, subject: subject))
        let answer = try await ask(
            .PUT, "/v2/\(repository)/manifests/\(tag)", ["content-type": OCI.MediaType.manifest.rawValue], body: bytes)
        var descriptor = Descriptor(mediaType: .manifest, of: bytes)
        descriptor.platform = platform
        if answer.status != 201 { throw Failed(answer: answer) }
        return descriptor
    }

    struct Failed: Error {
        let answer: Answer
    }
}
