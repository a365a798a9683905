import OCI
import Testing

@testable import Registry

struct RoutingTests {
    @Test(arguments: [
        ("/v2", RegistryRoute.base), ("/v2/", .base), ("/v2/_catalog", .catalog),
        ("/v2/a/tags/list", .tags(repository: "a")),
        ("/v2/a/b/c/manifests/v1", .manifest(repository: "a/b/c", reference: "v1")),
        ("/v2/manifests/manifests/manifests", .manifest(repository: "manifests", reference: "manifests")),
        ("/v2/a/blobs/sha256%3Aabc", .blob(repository: "a", digest: "sha256:abc")),
        ("/v2/a/blobs/uploads/", .uploads(repository: "a")),
        ("/v2/a/blobs/uploads/1f", .upload(repository: "a", id: "1f")),
        ("/v2/blobs/uploads/blobs/uploads", .uploads(repository: "blobs/uploads")),
        ("/v2/a/referrers/sha256:1", .referrers(repository: "a", digest: "sha256:1")),
        ("/v2/a", nil), ("/v1/x", nil), ("/v2/a/unknown/b", nil),
    ])
    func `a path is read from its end`(path: String, route: RegistryRoute?) throws {
        #expect(try RegistryRoute.parse(path) == route)
    }

    @Test func `names that can't be repositories are refused`() {
        #expect(throws: RegistryProblem.invalidName("A/b")) { try RegistryRoute.parse("/v2/A/b/tags/list") }
        #expect(throws: RegistryProblem.invalidName("..")) { try RegistryRoute.parse("/v2/../manifests/x") }
    }

    @Test(
        arguments: [
            (nil, 10, nil), ("bytes=0-3", 10, 0...3), ("bytes=4-", 10, 4...9), ("bytes=-3", 10, 7...9),
            ("bytes=5-99", 10, 5...9),
            ("bytes=-99", 10, 0...9), ("items=0-3", 10, nil), ("bytes=0-1,3-4", 10, nil), ("bytes=x", 10, nil),
            ("bytes=5-2", 10, nil),
        ] as [(String?, Int64, ClosedRange<Int64>?)])
    func `a range is cut to the content`(header: String?, size: Int64, range: ClosedRange<Int64>?) throws {
        #expect(try ByteRange.requested(header, size: size) == range)
    }

    @Test(arguments: ["bytes=10-", "bytes=11-12", "bytes=-0"])
    func `a range outside of the content is refused`(header: String) {
        #expect(throws: RegistryProblem.unsatisfiableRange(size: 10)) { try ByteRange.requested(header, size: 10) }
    }

    @Test func `an Accept header is matched without its parameters`() {
        #expect(AcceptHeader.allows(.index, []))
        #expect(AcceptHeader.allows(.index, ["a/b;q=1, \(MediaType.index.rawValue);q=0.5"]))
        #expect(AcceptHeader.allows(.index, ["text/html", "*/*"]))
        #expect(!AcceptHeader.allows(.index, [MediaType.manifest.rawValue]))
    }

    @Test(arguments: [
        (
            #"Bearer realm="https://auth.example/token",service="reg, one",scope="repository:a/b:pull,push""#,
            AuthenticationChallenge.bearer(
                realm: "https://auth.example/token", service: "reg, one", scope: "repository:a/b:pull,push")
        ),
        ("Bearer realm=https://a/b", .bearer(realm: "https://a/b", service: nil, scope: nil)),
        ("basic realm=\"x\"", .basic), ("Negotiate", nil), ("Bearer service=x", nil),
    ])
    func `a challenge is read`(header: String, challenge: AuthenticationChallenge?) {
        #expect(AuthenticationChallenge(header) == challenge)
    }

    @Test func `logins are read from Docker's file`() throws {
        let text =
            #"{"auths":{"https://index.docker.io/v1/":{"auth":"dTpwOnc="},"r.example:5000":{"username":"a","password":"b"},"x":{}}}"#
        #expect(
            try RegistryCredentials.parse(text.utf8) == [
                "docker.io": RegistryCredentials(user: "u", password: "p:w"),
                "r.example:5000": RegistryCredentials(user: "a", password: "b"),
            ])
    }
}
