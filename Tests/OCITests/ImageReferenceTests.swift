import OCI
import Problems
import Testing

private let someDigest = "sha256:" + String(repeating: "ab", count: 32)

struct ImageReferenceTests {
    @Test(arguments: [
        ("nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("nginx:1.25", "docker.io/library/nginx:1.25", "nginx:1.25"),
        ("team/web", "docker.io/team/web:latest", "team/web:latest"),
        ("docker.io/nginx", "docker.io/library/nginx:latest", "nginx:latest"),
        ("index.docker.io/team/web", "docker.io/team/web:latest", "team/web:latest"),
        ("localhost/web", "localhost/web:latest", "localhost/web:latest"),
        ("localhost:5000/a/b-c__d.e:T_1", "localhost:5000/a/b-c__d.e:T_1", "localhost:5000/a/b-c__d.e:T_1"),
        ("ghcr.io/x/y@" + someDigest, "ghcr.io/x/y@" + someDigest, "ghcr.io/x/y@" + someDigest),
        ("nginx:1@" + someDigest, "docker.io/library/nginx:1@" + someDigest, "nginx:1@" + someDigest),
        ("MyHost/x", "MyHost/x:latest", "MyHost/x:latest"),
        ("[bad", nil, nil),
    ])
    func `a name gets the defaults that Docker gives it`(text: String, full: String?, familiar: String?) throws {
        guard let full, let familiar else {
            #expect(throws: OCIProblem.self) { try ImageReference(text) }
            return
        }
        let reference = try ImageReference(text)
        #expect(reference.description == full)
        #expect(reference.familiar == familiar)
        #expect(try ImageReference(reference.description) == ImageReference(full))
    }

    @Test(arguments: [
        ("", "it is empty"),
        ("https://ghcr.io/x/y", "it begins with a URL scheme"),
        ("Nginx", "the repository \"library/Nginx\" has upper-case letters"),
        ("web:", "the tag after the colon is empty"),
        ("web:a/b", "\"web:a\" is not a registry's host and port"),
        ("web:a b", "the tag \"a b\" holds a character that tags can't have"),
        ("a//b", "a component between slashes is empty"),
        ("a/-b", "\"-b\" can't be a part of a repository's name"),
        ("a/b..c", "\"b..c\" can't be a part of a repository's name"),
        ("localhost:x/b", "\"localhost:x\" is not a registry's host and port"),
        (String(repeating: "a", count: 256), "the repository is longer than 255 characters"),
    ])
    func `a wrong name says what is wrong and how to mend it`(text: String, why: String) {
        let error = #expect(throws: OCIProblem.self) { try ImageReference(text) }
        guard case .reference(_, let got, let next)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(got == why)
        #expect(!next.isEmpty)
    }

    @Test func `selecting prefers the digest`() throws {
        #expect(try ImageReference("a:1").selector == "1")
        #expect(try ImageReference("a").selector == "latest")
        #expect(try ImageReference("a:1").pinned(to: Digest(someDigest)).selector == someDigest)
        #expect(try ImageReference("a:1@" + someDigest).tagged("2").description == "docker.io/library/a:2")
    }
}
