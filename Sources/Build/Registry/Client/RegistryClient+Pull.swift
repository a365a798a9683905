import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
package import OCI
import Problems
import Store

extension RegistryClient {
    /// Whether the registry answers at all, quickly.
    ///
    /// - Throws: `RegistryClientProblem.unreachable`.
    package func ping(_ reference: ImageReference, timeout: Duration = .seconds(8)) async throws {
        var request = HTTPClientRequest(url: base(reference.registry) + "/v2/")
        request.headers.add(name: "user-agent", value: "estiba")
        do {
            let amount = TimeAmount.milliseconds(timeout.components.seconds * 1000)
            let response = try await http.execute(request, timeout: amount)
            _ = try? await response.body.collect(upTo: 1 << 16)
        } catch {
            throw RegistryClientProblem.unreachable(host: reference.registry, cause: error)
        }
    }

    /// The manifest or index under a name, verified against its digest.
    package func manifest(_ reference: ImageReference) async throws -> StoredManifest {
        let types: [MediaType] = [.manifest, .index, .dockerManifest, .dockerManifestList]
        let response = try await send(
            Scope(reference: reference), .GET, "/v2/\(reference.repository)/manifests/\(reference.selector)",
            headers: types.map { ("accept", $0.rawValue) })
        guard response.status == .ok else { throw await refusal(response, "a request for the manifest", reference) }
        let body = try await response.body.collect(upTo: DocumentCoding.largest)
        let bytes = Array(body.readableBytesView)
        let declared = response.headers.first(name: "content-type").map { MediaType(String($0.prefix { $0 != ";" })) }
        let document = try ManifestDocument(
            bytes, declared: declared.flatMap { $0.isManifest || $0.isIndex ? $0 : nil },
            algorithm: reference.digest?.algorithm ?? .sha256)
        if let expected = reference.digest, expected != document.digest {
            throw OCIProblem.mismatch(expected: expected, got: document.digest)
        }
        return StoredManifest(digest: document.digest, mediaType: document.mediaType, bytes: bytes)
    }

    /// All tags of a repository.
    package func tags(_ reference: ImageReference) async throws -> [String] {
        struct List: Decodable { var tags: [String]? }
        var found: [String] = []
        var next: String? = "/v2/\(reference.repository)/tags/list?n=1000"
        while let target = next {
            let response = try await send(Scope(reference: reference), .GET, target)
            guard response.status == .ok else { throw await refusal(response, "a request for the tags", reference) }
            let body = try await response.body.collect(upTo: 16 << 20)
            let list: List = try DocumentCoding.decode(from: body.readableBytesView, as: "list of tags")
            found += list.tags ?? []
            next = response.headers.first(name: "link").flatMap { link in
                guard link.contains("rel=\"next\""), let open = link.firstIndex(of: "<") else { return nil }
                return String(link[link.index(after: open)...].prefix { $0 != ">" })
            }
        }
        return found
    }

    /// Fetches an image for one platform into a repository of the store, and points a tag at it. What is there already isn't
    /// fetched again; a transfer that breaks off is continued.
    ///
    /// - Parameter repository: Where to keep it; the mirror repository of the name by default.
    package func pull(
        _ reference: ImageReference, platform: Platform = .current, into store: RegistryStore,
        as repository: String? = nil,
        report: @escaping Report = { _ in }
    ) async throws -> ResolvedImage {
        let repository = repository ?? store.mirrorRepository(for: reference)
        var found = try await manifest(reference)
        if found.mediaType.isIndex {
            let index: ImageIndex = try DocumentCoding.decode(from: found.bytes, as: "image index")
            found = try await manifest(reference.pinned(to: try index.select(platform).digest))
        }
        let document = try ManifestDocument(found.bytes, declared: found.mediaType, algorithm: found.digest.algorithm)
        let source = reference
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = document.blobs[...]
            for _ in 0..<4 {
                guard let blob = rest.popFirst() else { break }
                group.addTask { try await self.fetch(blob, from: source, into: store, report) }
            }
            while try await group.next() != nil {
                guard let blob = rest.popFirst() else { continue }
                group.addTask { try await self.fetch(blob, from: source, into: store, report) }
            }
        }
        try await store.link(document.blobs.map(\.digest), in: repository)
        try await store.put(
            document, in: repository,
            tags: reference.digest == nil || reference.tag != nil ? [reference.tagOrLatest] : [])
        return try await store.image(repository, document.digest.description, platform: platform)
    }

    private func fetch(
        _ blob: Descriptor, from reference: ImageReference, into store: RegistryStore, _ report: Report
    ) async throws {
        if store.blobs.touch(blob.digest) {
            return report(Progress(digest: blob.digest, done: blob.size, size: blob.size))
        }
        let writer = try store.blobs.writer()
        var failures = 0
        while writer.size < blob.size {
            let before = writer.size
            do {
                try await receive(blob, from: reference, into: writer, report)
                if writer.size < blob.size { throw ChannelError.inputClosed }
            } catch is CancellationError {
                throw CancellationError()
            } catch let error where Self.mayPass(error) {
                failures = writer.size > before ? 1 : failures + 1
                if failures > 4 {
                    throw RegistryClientProblem.interrupted(
                        blob.digest, got: writer.size, size: blob.size, cause: error)
                }
                try await clock.sleep(for: .milliseconds(100 << failures))
            }
        }
        try await NIOThreadPool.singleton.runIfActive { _ = try writer.commit(expecting: blob.digest) }
    }

    private func receive(
        _ blob: Descriptor, from reference: ImageReference, into writer: BlobWriter, _ report: Report
    ) async throws {
        let start = writer.size
        let response = try await send(
            Scope(reference: reference), .GET, "/v2/\(reference.repository)/blobs/\(blob.digest)",
            headers: start > 0 ? [("range", "bytes=\(start)-")] : [], timeout: .hours(6))
        var skip: Int64 = 0
        switch response.status {
        case .ok: skip = start
        case .partialContent: break
        default: throw await refusal(response, "a request for a blob", reference)
        }
        for try await var buffer in response.body {
            if skip > 0 {
                let count = min(Int(skip), buffer.readableBytes)
                buffer.moveReaderIndex(forwardBy: count)
                skip -= Int64(count)
                if buffer.readableBytes == 0 { continue }
            }
            let piece = buffer
            guard writer.size + Int64(piece.readableBytes) <= blob.size else {
                throw RegistryClientProblem.unexpected(
                    host: reference.registry, what: "sends more than the \(blob.size) bytes of \(blob.digest)")
            }
            try await NIOThreadPool.singleton.runIfActive { try piece.withUnsafeReadableBytes { try writer.write($0) } }
            report(Progress(digest: blob.digest, done: writer.size, size: blob.size))
        }
    }

    /// Whether an error may be gone at the next attempt.
    static func mayPass(_ error: any Error) -> Bool {
        switch error {
        case let problem as RegistryClientProblem: problem.category == .unavailable
        case is BlobProblem, is OCIProblem, is RegistryProblem: false
        default: true
        }
    }
}
