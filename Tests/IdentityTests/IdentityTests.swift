import EstibaTesting
import Foundation
import Identity
import Linux
import Testing

@Suite("keys, tokens and secrets")
struct IdentityTests {
    @Test("the authority is made once and kept")
    func authority() async throws {
        try await TemporaryDirectory.with { directory in
            let first = try CertificateAuthority.open(directory: directory.path)
            let second = try CertificateAuthority.open(directory: directory.path)
            #expect(try first.pem == second.pem)
            let mode =
                try FileManager.default.attributesOfItem(atPath: directory.file("ca.key"))[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test("openssl accepts what the authority issues, for names and addresses")
    func issued() async throws {
        try await TemporaryDirectory.with { directory in
            let issued = try CertificateAuthority(now: Date()).issue(hosts: ["localhost", "127.0.0.1"])
            try Data(issued.authorityPEM.utf8).write(to: URL(filePath: directory.file("ca.pem")))
            try Data(issued.certificatePEM.utf8).write(to: URL(filePath: directory.file("leaf.pem")))
            let output = try await Command(
                "openssl",
                [
                    "verify", "-CAfile", directory.file("ca.pem"), "-verify_hostname", "localhost", "-verify_ip",
                    "127.0.0.1",
                    directory.file("leaf.pem"),
                ]
            ).run()
            #expect(output.status == .exited(0))
        }
    }

    @Test("a damaged key is a problem, not a new authority")
    func damaged() async throws {
        try await TemporaryDirectory.with { directory in
            _ = try CertificateAuthority.open(directory: directory.path)
            try Data("nonsense".utf8).write(to: URL(filePath: directory.file("ca.key")))
            #expect(throws: IdentityProblem.self) { try CertificateAuthority.open(directory: directory.path) }
        }
    }

    @Test("a token is kept, long, and matches only itself")
    func token() async throws {
        try await TemporaryDirectory.with { directory in
            let token = try AccessToken.open(path: directory.file("admin.token"))
            #expect(try AccessToken.open(path: directory.file("admin.token")).value == token.value)
            #expect(
                token.value.utf8.count == 64 && token.matches(token.value) && !token.matches(token.value + "0")
                    && !token.matches(""))
        }
    }

    @Test("secrets are sealed at rest and open again")
    func secrets() async throws {
        try await TemporaryDirectory.with { directory in
            let secrets = try SealedSecrets(directory: directory.path)
            try await secrets.set("slack-webhook", "http://127.0.0.1/hook-7")
            let sealed = try Data(contentsOf: URL(filePath: directory.file("secrets.sealed")))
            #expect(sealed.range(of: Data("hook-7".utf8)) == nil)
            let again = try SealedSecrets(directory: directory.path)
            #expect(try await again.value("slack-webhook") == "http://127.0.0.1/hook-7")
            // A value that another process has set since is there.
            try await secrets.set("database", "x")
            #expect(try await again.value("database") == "x")
            #expect(try await again.names == ["database", "slack-webhook"])
            try await again.set("slack-webhook", nil)
            #expect(try await secrets.all == ["database": "x"])
            await #expect(throws: IdentityProblem.self) { try await again.value("slack-webhook") }
        }
    }

    @Test("a damaged key or an unreadable file is refused, and not written over")
    func damagedSecrets() async throws {
        try await TemporaryDirectory.with { directory in
            try await SealedSecrets(directory: directory.path).set("a", "b")
            let key = URL(filePath: directory.file("secrets.key"))
            let whole = try Data(contentsOf: key)
            try whole.prefix(9).write(to: key)
            #expect(throws: IdentityProblem.self) { try SealedSecrets(directory: directory.path) }
            #expect(try Data(contentsOf: key) == whole.prefix(9))
            try whole.write(to: key)
            let secrets = try SealedSecrets(directory: directory.path)
            let sealed = directory.file("secrets.sealed")
            try FileManager.default.moveItem(atPath: sealed, toPath: sealed + ".aside")
            try FileManager.default.createDirectory(atPath: sealed, withIntermediateDirectories: false)
            await #expect(throws: IdentityProblem.self) { try await secrets.set("c", "d") }
            try FileManager.default.removeItem(atPath: sealed)
            try FileManager.default.moveItem(atPath: sealed + ".aside", toPath: sealed)
            #expect(try await secrets.all == ["a": "b"])
        }
    }

    @Test("secrets of another key are refused")
    func otherKey() async throws {
        try await TemporaryDirectory.with { directory in
            try await SealedSecrets(directory: directory.path).set("a", "b")
            try Data(repeating: 7, count: 32).write(to: URL(filePath: directory.file("secrets.key")))
            #expect(throws: IdentityProblem.self) { try SealedSecrets(directory: directory.path) }
        }
    }
}
