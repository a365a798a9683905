import HTTPTypes
import OCI
import Registry
import Testing

/// What the distribution specification asks of blobs and uploads.
struct BlobContractTests {
    private let content = Array(String(repeating: "container ship ", count: 70_000).utf8)

    @Test func `a blob is pushed by POST and PUT, found, read in parts and deleted`() async throws {
        try await RunningRegistry.with { registry in
            let digest = Digest.of(content)
            let begun = try await registry.ask(.POST, "/v2/team/web/blobs/uploads/")
            #expect(begun.status == 202)
            #expect(begun.header("range") == "0-0")
            let location = try #require(begun.header("location"))
            let done = try await registry.ask(.PUT, "\(location)?digest=\(digest)", body: content)
            #expect(done.status == 201)
            #expect(done.header("location") == "/v2/team/web/blobs/\(digest)")
            #expect(done.header("docker-content-digest") == digest.description)
            let head = try await registry.ask(.HEAD, "/v2/team/web/blobs/\(digest)")
            #expect(head.status == 200)
            #expect(head.header("content-length") == String(content.count))
            #expect(try await registry.ask(.GET, "/v2/team/web/blobs/\(digest)").body == content)
            let part = try await registry.ask(.GET, "/v2/team/web/blobs/\(digest)", ["range": "bytes=500000-500009"])
            #expect(part.status == 206)
            #expect(part.header("content-range") == "bytes 500000-500009/\(content.count)")
            #expect(part.body == Array(content[500_000...500_009]))
            #expect(
                try await registry.ask(.GET, "/v2/team/web/blobs/\(digest)", ["range": "bytes=9999999-"]).status == 416)
            #expect(try await registry.ask(.HEAD, "/v2/team/other/blobs/\(digest)").status == 404)
            #expect(try await registry.ask(.DELETE, "/v2/team/web/blobs/\(digest)").status == 202)
            let gone = try await registry.ask(.GET, "/v2/team/web/blobs/\(digest)")
            #expect(gone.status == 404)
            #expect(gone.text.contains("\"BLOB_UNKNOWN\""))
        }
    }

    @Test(arguments: [Digest.Algorithm.sha256, .sha512])
    func `a blob is pushed by a single POST`(algorithm: Digest.Algorithm) async throws {
        try await RunningRegistry.with { registry in
            let digest = Digest.of(content, algorithm: algorithm)
            let done = try await registry.ask(.POST, "/v2/a/blobs/uploads/?digest=\(digest)", body: content)
            #expect(done.status == 201)
            #expect(try await registry.ask(.GET, "/v2/a/blobs/\(digest)").body == content)
        }
    }

    @Test func `an empty blob is a blob`() async throws {
        try await RunningRegistry.with { registry in
            let digest = Digest.of("")
            #expect(try await registry.ask(.POST, "/v2/a/blobs/uploads/?digest=\(digest)", body: []).status == 201)
            let got = try await registry.ask(.GET, "/v2/a/blobs/\(digest)")
            #expect(got.status == 200)
            #expect(got.body == [])
        }
    }

    @Test func `chunks must come in order, and the state says where to go on`() async throws {
        try await RunningRegistry.with { registry in
            let begun = try await registry.ask(.POST, "/v2/a/blobs/uploads/")
            let location = try #require(begun.header("location"))
            func chunk(_ range: Range<Int>) async throws -> RunningRegistry.Answer {
                try await registry.ask(
                    .PATCH, location, ["content-range": "\(range.lowerBound)-\(range.upperBound - 1)"],
                    body: Array(content[range]))
            }
            let first = try await chunk(0..<1000)
            #expect(first.status == 202)
            #expect(first.header("range") == "0-999")
            let wrong = try await chunk(2000..<3000)
            #expect(wrong.status == 416)
            #expect(wrong.header("range") == "0-999")
            #expect(try await chunk(0..<1000).status == 416)
            let state = try await registry.ask(.GET, location)
            #expect(state.status == 204)
            #expect(state.header("range") == "0-999")
            #expect(try await chunk(1000..<5000).status == 202)
            let digest = Digest.of(content)
            let done = try await registry.ask(
                .PUT, "\(location)?digest=\(digest)", ["content-range": "5000-\(content.count - 1)"],
                body: Array(content[5000...]))
            #expect(done.status == 201)
            #expect(try await registry.ask(.GET, "/v2/a/blobs/\(digest)").body == content)
            #expect(try await registry.ask(.GET, location).status == 404)
        }
    }

    @Test func `an upload can be cancelled, and a wrong digest is refused`() async throws {
        try await RunningRegistry.with { registry in
            let first = try #require(try await registry.ask(.POST, "/v2/a/blobs/uploads/").header("location"))
            #expect(try await registry.ask(.DELETE, first).status == 204)
            #expect(try await registry.ask(.PATCH, first, body: content).status == 404)
            let second = try #require(try await registry.ask(.POST, "/v2/a/blobs/uploads/").header("location"))
            let refused = try await registry.ask(.PUT, "\(second)?digest=\(Digest.of("other"))", body: content)
            #expect(refused.status == 400)
            #expect(refused.text.contains("\"DIGEST_INVALID\""))
            #expect(try await registry.ask(.PUT, "\(second)?digest=nonsense", body: content).status == 400)
            #expect(try await registry.ask(.GET, "/v2/a/blobs/uploads/../../x").status >= 400)
        }
    }

    @Test func `a blob is mounted from another repository`() async throws {
        try await RunningRegistry.with { registry in
            let blob = try await registry.push(content, to: "one")
            let mounted = try await registry.ask(.POST, "/v2/two/blobs/uploads/?mount=\(blob.digest)&from=one")
            #expect(mounted.status == 201)
            #expect(try await registry.ask(.HEAD, "/v2/two/blobs/\(blob.digest)").status == 200)
            #expect(try await registry.ask(.POST, "/v2/three/blobs/uploads/?mount=\(blob.digest)").status == 201)
            let absent = try await registry.ask(.POST, "/v2/two/blobs/uploads/?mount=\(Digest.of("no"))&from=one")
            #expect(absent.status == 202)
            #expect(absent.header("location") != nil)
        }
    }

    @Test func `a guard decides who may do what`() async throws {
        try await RunningRegistry.with(guard: { access, headers, _ in
            if headers[.authorization] == nil { throw RegistryProblem.unauthorized }
            if access.action != .pull { throw RegistryProblem.denied(why: "read only") }
        }) { registry in
            let anonymous = try await registry.ask(.GET, "/v2/")
            #expect(anonymous.status == 401)
            #expect(anonymous.header("www-authenticate") == "Basic realm=\"estiba\"")
            let denied = try await registry.ask(.POST, "/v2/a/blobs/uploads/", ["authorization": "Basic eA=="])
            #expect(denied.status == 403)
            #expect(denied.text.contains("\"DENIED\""))
            #expect(try await registry.ask(.GET, "/v2/", ["authorization": "Basic eA=="]).status == 200)
        }
    }
}
