import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix
import OCI
import Store
import Web

extension RegistryRoutes {
    func beginUpload(_ repository: String, _ request: Request) async throws -> Response {
        let query = request.uri.queryParameters
        if let mounted = query["mount"] {
            let digest = try Self.digest(String(mounted))
            if try await store.mount(digest, from: query["from"].map(String.init), in: repository) {
                return created(repository, digest)
            }
        }
        let writer = try sessions.begin()
        if let name = query["digest"] {
            do {
                return try await finish(writer, repository, try Self.digest(String(name)), request)
            } catch {
                writer.cancel()
                throw error
            }
        }
        sessions.giveBack(writer)
        return accepted(repository, writer, status: .accepted)
    }

    func uploadStatus(_ repository: String, _ id: String) async throws -> Response {
        let writer = try sessions.take(id)
        defer { sessions.giveBack(writer) }
        return accepted(repository, writer, status: .noContent)
    }

    func continueUpload(_ repository: String, _ id: String, _ request: Request) async throws -> Response {
        let writer = try sessions.take(id)
        defer { sessions.giveBack(writer) }
        try await receive(into: writer, request)
        return accepted(repository, writer, status: .accepted)
    }

    func finishUpload(_ repository: String, _ id: String, _ request: Request) async throws -> Response {
        guard let name = request.uri.queryParameters["digest"] else {
            throw RegistryProblem.invalidDigest(why: "the request that finishes an upload has no digest parameter")
        }
        let digest = try Self.digest(String(name))
        let writer = try sessions.take(id)
        do {
            return try await finish(writer, repository, digest, request)
        } catch let problem as OCIProblem {
            throw problem
        } catch {
            sessions.giveBack(writer)
            throw error
        }
    }

    func cancelUpload(_ repository: String, _ id: String) async throws -> Response {
        try sessions.take(id).cancel()
        return Response(status: .noContent)
    }

    private func finish(
        _ writer: BlobWriter, _ repository: String, _ digest: Digest, _ request: Request
    ) async throws -> Response {
        try await receive(into: writer, request)
        try await NIOThreadPool.singleton.runIfActive { _ = try writer.commit(expecting: digest) }
        try await store.link([digest], in: repository)
        return created(repository, digest)
    }

    /// Appends the body. Disk work happens on the thread pool, a quarter of a megabyte at a time.
    private func receive(into writer: BlobWriter, _ request: Request) async throws {
        if let header = request.headers[.contentRange] {
            let range = try ByteRange.chunk(header)
            let size = writer.size
            guard range.start == size else { throw RegistryProblem.outOfOrder(upload: writer.id, size: size) }
            if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length != range.length {
                throw RegistryProblem.invalidUpload(why: "Content-Range and Content-Length disagree")
            }
        }
        var pending = ByteBuffer()
        for try await var piece in request.body {
            if pending.readableBytes == 0 { pending = piece } else { pending.writeBuffer(&piece) }
            if pending.readableBytes >= 256 << 10 {
                try await write(pending, to: writer)
                pending = ByteBuffer()
            }
        }
        if pending.readableBytes > 0 { try await write(pending, to: writer) }
    }

    private func write(_ buffer: ByteBuffer, to writer: BlobWriter) async throws {
        try await NIOThreadPool.singleton.runIfActive { try buffer.withUnsafeReadableBytes { try writer.write($0) } }
    }

    private func accepted(_ repository: String, _ writer: BlobWriter, status: HTTPResponse.Status) -> Response {
        var headers = HTTPFields()
        headers[.location] = "/v2/\(repository)/blobs/uploads/\(writer.id)"
        headers[.range] = Self.uploadRange(writer.size)
        headers.set(RegistryHeader.uploadID, writer.id)
        return Response(status: status, headers: headers)
    }

    private func created(_ repository: String, _ digest: Digest) -> Response {
        var headers = HTTPFields()
        headers[.location] = "/v2/\(repository)/blobs/\(digest)"
        headers.set(RegistryHeader.contentDigest, digest.description)
        return Response(status: .created, headers: headers)
    }
}
