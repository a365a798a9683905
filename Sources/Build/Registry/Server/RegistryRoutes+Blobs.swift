import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import Store
import Web

extension RegistryRoutes {
    func getBlob(_ repository: String, _ name: String, _ request: Request, _ context: WebContext) async throws
        -> Response
    {
        let digest = try Self.digest(name)
        guard let size = try await store.blobSize(repository, digest) else { throw RegistryProblem.unknownBlob(digest) }
        let range = request.method == .get ? try ByteRange.requested(request.headers[.range], size: size) : nil
        var headers = HTTPFields()
        headers[.contentType] = "application/octet-stream"
        headers[.acceptRanges] = "bytes"
        headers[.eTag] = "\"\(digest)\""
        headers.set(RegistryHeader.contentDigest, digest.description)
        if request.method == .head || size == 0 {
            headers[.contentLength] = String(size)
            return Response(status: .ok, headers: headers)
        }
        let part = range ?? 0...(size - 1)
        headers[.contentLength] = String(part.count)
        if range != nil { headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound)/\(size)" }
        let body = try await FileIO().loadFile(
            path: store.blobs.path(digest), range: Int(part.lowerBound)...Int(part.upperBound), context: context,
            chunkLength: 256 << 10)
        return Response(status: range == nil ? .ok : .partialContent, headers: headers, body: body)
    }

    func deleteBlob(_ repository: String, _ name: String) async throws -> Response {
        try await store.unlink(try Self.digest(name), from: repository)
        return Response(status: .accepted)
    }
}
