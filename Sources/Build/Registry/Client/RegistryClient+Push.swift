import AsyncHTTPClient
import NIOCore
import NIOHTTP1
package import OCI
import Store

extension RegistryClient {
    /// Copies what the store has under a tag or digest of a repository to another registry: an image, or an index with all
    /// of its images. What is there already isn't sent again; a transfer that breaks off is continued.
    ///
    /// - Returns: the digest, which is the same on both sides.
    @discardableResult
    package func push(
        _ repository: String, _ selector: String, of store: RegistryStore, to reference: ImageReference,
        report: @escaping Report = { _ in }
    ) async throws -> Digest {
        let stored = try await store.manifest(repository, selector)
        let document = try ManifestDocument(
            stored.bytes, declared: stored.mediaType, algorithm: stored.digest.algorithm)
        for child in document.manifests {
            try await push(
                repository, child.digest.description, of: store, to: reference.pinned(to: child.digest), report: report)
        }
        for blob in document.blobs { try await send(blob, of: store, to: reference, report) }
        let scope = Scope(reference: reference, actions: "pull,push")
        let response = try await send(
            scope, .PUT, "/v2/\(reference.repository)/manifests/\(reference.selector)",
            headers: [("content-type", stored.mediaType.rawValue)], body: .bytes(ByteBuffer(bytes: stored.bytes)))
        guard response.status == .created else { throw await refusal(response, "the manifest", reference) }
        _ = try await response.body.collect(upTo: 1 << 16)
        return stored.digest
    }

    private func send(
        _ blob: Descriptor, of store: RegistryStore, to reference: ImageReference, _ report: Report
    ) async throws {
        let scope = Scope(reference: reference, actions: "pull,push")
        let head = try await send(scope, .HEAD, "/v2/\(reference.repository)/blobs/\(blob.digest)")
        if head.status == .ok { return report(Progress(digest: blob.digest, done: blob.size, size: blob.size)) }
        let begun = try await send(
            scope, .POST, "/v2/\(reference.repository)/blobs/uploads/", headers: [("content-length", "0")])
        guard begun.status == .accepted, var location = begun.headers.first(name: "location") else {
            throw await refusal(begun, "the beginning of an upload", reference)
        }
        _ = try await begun.body.collect(upTo: 1 << 16)
        var offset: Int64 = 0
        var failures = 0
        while offset < blob.size || blob.size == 0 {
            do {
                let chunks = FileChunks(path: store.blobs.path(blob.digest), offset: offset)
                let response = try await send(
                    scope, .PATCH, location,
                    headers: [
                        ("content-type", "application/octet-stream"),
                        ("content-range", "\(offset)-\(max(offset, blob.size - 1))"),
                    ].filter { blob.size > 0 || $0.0 != "content-range" },
                    body: .stream(chunks, length: .known(blob.size - offset)), timeout: .hours(6))
                guard response.status == .accepted || response.status == .noContent else {
                    throw await refusal(response, "a piece of a blob", reference)
                }
                _ = try await response.body.collect(upTo: 1 << 16)
                location = response.headers.first(name: "location") ?? location
                offset = blob.size
                break
            } catch let error where Self.mayPass(error) {
                failures += 1
                if failures > 4 {
                    throw RegistryClientProblem.interrupted(blob.digest, got: offset, size: blob.size, cause: error)
                }
                try await clock.sleep(for: .milliseconds(100 << failures))
                (location, offset) = try await standing(location, scope, offset)
            }
        }
        let join = location.contains("?") ? "&" : "?"
        let done = try await send(
            scope, .PUT, location + join + "digest=" + Self.escape(blob.digest.description),
            headers: [("content-length", "0")])
        guard done.status == .created else { throw await refusal(done, "the end of an upload", reference) }
        _ = try await done.body.collect(upTo: 1 << 16)
        report(Progress(digest: blob.digest, done: blob.size, size: blob.size))
    }

    /// Where an upload stands after it broke off.
    private func standing(_ location: String, _ scope: Scope, _ offset: Int64) async throws -> (String, Int64) {
        let response = try await send(scope, .GET, location)
        guard response.status == .noContent else {
            throw await refusal(response, "a request for the state of an upload", scope.reference)
        }
        let range = response.headers.first(name: "range") ?? "0-0"
        let last = range.split(separator: "-").last.flatMap { Int64($0) } ?? 0
        return (response.headers.first(name: "location") ?? location, last == 0 ? 0 : last + 1)
    }
}
