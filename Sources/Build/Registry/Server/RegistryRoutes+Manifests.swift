import HTTPTypes
import Hummingbird
import NIOCore
import OCI
import Web

extension RegistryRoutes {
    func getManifest(_ repository: String, _ reference: String, _ request: Request) async throws -> Response {
        try Self.check(reference: reference)
        let stored = try await store.manifest(repository, reference)
        guard AcceptHeader.allows(stored.mediaType, request.headers[values: .accept]) else {
            throw RegistryProblem.notAcceptable(repository: repository, reference: reference, type: stored.mediaType)
        }
        let tag = "\"\(stored.digest)\""
        var response =
            request.headers[.ifNoneMatch] == tag
            ? Response(status: .notModified)
            : Response.bytes(stored.bytes, contentType: stored.mediaType.rawValue)
        response.headers.set(RegistryHeader.contentDigest, stored.digest.description)
        response.headers[.eTag] = tag
        return response
    }

    func putManifest(_ repository: String, _ reference: String, _ request: Request) async throws -> Response {
        try Self.check(reference: reference)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > DocumentCoding.largest {
            throw RegistryProblem.tooLarge(limit: DocumentCoding.largest)
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: DocumentCoding.largest)
        } catch is NIOTooManyBytesError {
            throw RegistryProblem.tooLarge(limit: DocumentCoding.largest)
        }
        let expected = reference.contains(":") ? try Self.digest(reference) : nil
        let declared = request.headers[.contentType].map { MediaType(String($0.prefix { $0 != ";" })) }
        let document = try ManifestDocument(
            Array(body.readableBytesView), declared: declared, algorithm: expected?.algorithm ?? .sha256)
        if let expected, expected != document.digest {
            throw RegistryProblem.invalidDigest(why: "the manifest has digest \(document.digest), not \(expected)")
        }
        try await store.put(document, in: repository, tags: expected == nil ? [reference] : [])
        var headers = HTTPFields()
        headers[.location] = "/v2/\(repository)/manifests/\(document.digest)"
        headers.set(RegistryHeader.contentDigest, document.digest.description)
        if let subject = document.subject { headers.set(RegistryHeader.subject, subject.description) }
        return Response(status: .created, headers: headers)
    }

    func deleteManifest(_ repository: String, _ reference: String) async throws -> Response {
        try Self.check(reference: reference)
        try await store.deleteManifest(repository, reference)
        return Response(status: .accepted)
    }

    private static func check(reference: String) throws(RegistryProblem) {
        if reference.contains(":") {
            _ = try digest(reference)
        } else if !ImageReference.isTag(reference) {
            throw .invalidManifest(why: "\"\(reference)\" is neither a tag nor a digest")
        }
    }
}
